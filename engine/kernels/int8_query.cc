#include "engine/kernels/int8_query.h"

#include <algorithm>
#include <cmath>

#include "engine/kernels/quantize.h"

namespace nestor::kernels {
namespace {

// The largest that high makes by itself, with either sign: queries that are nothing else, like
// binary codes, lose nothing where low is not read.
constexpr int kMaxMultiple = 128 * 127;

}  // namespace

PreparedQuery::PreparedQuery(const float* query, size_t dims, std::pmr::memory_resource* memory)
    : dims_(dims),
      planes_(2 * PaddedDims(dims), memory),
      block_scales_(BlockCount(dims), memory),
      upper_offsets_(BlockCount(dims), memory),
      rough_errors_(BlockCount(dims) + 1, memory) {
  int8_t* const high = planes_.data();
  int8_t* const low = high + PaddedDims(dims);
  ErrorBound bound;
  double fast_errors = 0;
  for (size_t b = 0; b < BlockCount(dims); ++b) {
    const size_t end = std::min(dims, (b + 1) * kBlockDims);
    const size_t begin = b * kBlockDims;
    const float scale = ScaleFor(query + begin, end - begin, kMaxMultiple);
    block_scales_[b] = scale;
    int32_t multiples[kBlockDims];
    if (scale >= kLeastFastScale) {
      QuantizeFast(query + begin, end - begin, scale, multiples);
      const double error = kFastError * scale;
      fast_errors += static_cast<double>(end - begin) * error * error;
    } else {
      Quantize(query + begin, end - begin, scale, kMaxMultiple, multiples, &bound);
    }
    int32_t high_sum = 0;
    int32_t low_square = 0;
    for (size_t i = begin; i < end; ++i) {
      const int32_t multiple = multiples[i - begin];
      const int32_t top = (multiple + 64) >> 7;  // so that the rest is in [-64, 63]
      high[i] = static_cast<int8_t>(top);
      low[i] = static_cast<int8_t>(multiple - top * 128);
      high_sum += top;
      low_square += low[i] * low[i];
    }
    upper_offsets_[b] = static_cast<float>(high_sum) * (-8 * kUpperStep * 128) * scale;
    rough_errors_[b] = scale * std::sqrt(static_cast<float>(low_square));
  }
  error_ = bound.Bound() + static_cast<float>(std::sqrt(fast_errors));
  double low_squares = 0;
  for (size_t b = BlockCount(dims); b-- > 0;) {
    low_squares += double{rough_errors_[b]} * rough_errors_[b];
    rough_errors_[b] = error_ + static_cast<float>(std::sqrt(low_squares));
  }
  rough_errors_.back() = error_;
}

Int8Query PreparedQuery::view() const {
  return {.high = planes_.data(),
          .low = planes_.data() + PaddedDims(dims_),
          .block_scales = block_scales_.data(),
          .upper_offsets = upper_offsets_.data()};
}

}  // namespace nestor::kernels
