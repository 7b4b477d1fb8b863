#include "engine/rerank_tier.h"

#include <cmath>
#include <numeric>

#include "engine/float32_tier.h"
#include "engine/int8_tier.h"
#include "engine/vector_math.h"

namespace nestor {
namespace {

std::pmr::vector<double> BlockSquares(const float* values, size_t dims,
                                      std::pmr::memory_resource* memory) {
  std::pmr::vector<double> squares(kernels::BlockCount(dims), memory);
  kernels::Kernels().block_squares(values, dims, squares.data());
  return squares;
}

double NormOf(absl::Span<const double> squares) {
  return std::sqrt(std::accumulate(squares.begin(), squares.end(), 0.0));
}

std::pmr::vector<float> Prepare(Metric metric, const float* vector, size_t dims,
                                std::pmr::memory_resource* memory) {
  if (metric != Metric::kCosine) return {vector, vector + dims, memory};
  std::pmr::vector<float> values(dims, memory);
  Scale(vector, dims, NormOf(BlockSquares(vector, dims, memory)), values.data());
  return values;
}

}  // namespace

FullQuery::FullQuery(Metric metric, const float* vector, size_t dims,
                     std::pmr::memory_resource* memory)
    : metric_(metric),
      raw_(vector),
      values_(Prepare(metric, vector, dims, memory)),
      block_squares_(BlockSquares(values_.data(), dims, memory)),
      norm_(NormOf(block_squares_)),
      block_shares_(kernels::BlockCount(dims), memory),
      prepared_(values_.data(), dims, memory) {
  if (norm_ == 0) return;
  for (size_t block = 0; block < block_shares_.size(); ++block) {
    block_shares_[block] = static_cast<float>(block_squares_[block] / (norm_ * norm_));
  }
}

double FullQuery::PrefixNorm(size_t dims) const {
  return NormOf(absl::MakeConstSpan(block_squares_).first(kernels::BlockCount(dims)));
}

std::unique_ptr<RerankTier> NewRerankTier(TierKind kind, Metric metric, size_t dims,
                                          size_t expected_rows) {
  if (kind == TierKind::kInt8) return std::make_unique<Int8Tier>(metric, dims, expected_rows);
  return std::make_unique<Float32Tier>(metric, dims, expected_rows);
}

}  // namespace nestor
