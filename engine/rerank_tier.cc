#include "engine/rerank_tier.h"

#include <algorithm>

#include "engine/float32_tier.h"
#include "engine/int8_tier.h"
#include "engine/vector_math.h"

namespace nestor {
namespace {

std::pmr::vector<float> Prepare(Metric metric, const float* vector, size_t dims,
                                std::pmr::memory_resource* memory) {
  std::pmr::vector<float> values(dims, memory);
  Scale(vector, dims, metric == Metric::kCosine ? Norm(vector, dims) : 1.0, values.data());
  return values;
}

}  // namespace

FullQuery::FullQuery(Metric metric, const float* vector, size_t dims,
                     std::pmr::memory_resource* memory)
    : metric_(metric),
      raw_(vector),
      values_(Prepare(metric, vector, dims, memory)),
      norm_(Norm(values_.data(), dims)),
      block_shares_(kernels::BlockCount(dims), memory),
      prepared_(values_.data(), dims, memory) {
  if (norm_ == 0) return;
  for (size_t block = 0; block < block_shares_.size(); ++block) {
    const size_t begin = block * kernels::kBlockDims;
    const double share =
        Norm(values_.data() + begin, std::min(kernels::kBlockDims, dims - begin)) / norm_;
    block_shares_[block] = static_cast<float>(share * share);
  }
}

double FullQuery::PrefixNorm(size_t dims) const { return Norm(values_.data(), dims); }

std::unique_ptr<RerankTier> NewRerankTier(TierKind kind, Metric metric, size_t dims,
                                          size_t expected_rows) {
  if (kind == TierKind::kInt8) return std::make_unique<Int8Tier>(metric, dims, expected_rows);
  return std::make_unique<Float32Tier>(metric, dims, expected_rows);
}

}  // namespace nestor
