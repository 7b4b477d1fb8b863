#include "engine/validate_vector.h"

#include <algorithm>
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
  const double norm = Norm(vector.data(), vector.size());
  if (!std::isfinite(
          norm)) {  // then one of them is not: in double, squares of float32 do not overflow
    const auto isfinite = [](float value) { return std::isfinite(value); };
    const auto bad = std::find_if_not(vector.begin(), vector.end(), isfinite);
    violations->Add(absl::StrCat(field, "[", bad - vector.begin(), "]"),
                    absl::StrCat(*bad, " is not finite"));
    return false;
  }
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
