#include "engine/validate_vector.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "engine/vector_math.h"

namespace nestor {

bool ValidateVector(absl::Span<const float> vector, const CollectionSpec& spec,
                    absl::string_view field, Violations* violations) {
  if (vector.size() != spec.dims) {
    violations->Add(field,
                    absl::StrCat("has ", vector.size(), " dims, the collection has ", spec.dims));
    return false;
  }
  for (size_t i = 0; i < vector.size(); ++i) {
    if (!std::isfinite(vector[i])) {
      violations->Add(absl::StrCat(field, "[", i, "]"), absl::StrCat(vector[i], " is not finite"));
      return false;
    }
  }
  const double norm = Norm(vector.data(), vector.size());
  if (norm > kMaxNorm) {
    violations->Add(field, absl::StrCat("norm ", norm, " exceeds ", kMaxNorm));
    return false;
  }
  if (norm == 0 && spec.metric == Metric::kCosine) {
    violations->Add(field, "is zero, which has no direction for cosine");
    return false;
  }
  return true;
}

}  // namespace nestor
