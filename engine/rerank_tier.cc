#include "engine/rerank_tier.h"

#include "engine/float32_tier.h"
#include "engine/int8_tier.h"
#include "engine/vector_math.h"

namespace nestor {
namespace {

std::vector<float> Prepare(Metric metric, const float* vector, size_t dims) {
  std::vector<float> values(dims);
  Scale(vector, dims, metric == Metric::kCosine ? Norm(vector, dims) : 1.0, values.data());
  return values;
}

}  // namespace

FullQuery::FullQuery(Metric metric, const float* vector, size_t dims)
    : metric_(metric),
      raw_(vector, vector + dims),
      values_(Prepare(metric, vector, dims)),
      norm_(Norm(values_.data(), dims)),
      prepared_(values_.data(), dims) {}

double FullQuery::PrefixNorm(size_t dims) const { return Norm(values_.data(), dims); }

std::unique_ptr<RerankTier> NewRerankTier(TierKind kind, Metric metric, size_t dims,
                                          size_t expected_rows) {
  if (kind == TierKind::kInt8) return std::make_unique<Int8Tier>(metric, dims, expected_rows);
  return std::make_unique<Float32Tier>(metric, dims, expected_rows);
}

}  // namespace nestor
