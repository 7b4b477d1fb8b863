#include "engine/kernels/int8_query.h"

#include <algorithm>
#include <cmath>

#include "engine/kernels/quantize.h"

namespace nestor::kernels {
namespace {

constexpr int kMaxMultiple =
    128 * 127 + 63;  // the largest that high and low make, with either sign

}  // namespace

PreparedQuery::PreparedQuery(const float* query, size_t dims, std::pmr::memory_resource* memory)
    : dims_(dims), planes_(2 * PaddedDims(dims), memory), block_scales_(BlockCount(dims), memory) {
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
    for (size_t i = begin; i < end; ++i) {
      const int32_t multiple = multiples[i - begin];
      const int32_t top = (multiple + 64) >> 7;  // so that the rest is in [-64, 63]
      high[i] = static_cast<int8_t>(top);
      low[i] = static_cast<int8_t>(multiple - top * 128);
    }
  }
  error_ = bound.Bound() + static_cast<float>(std::sqrt(fast_errors));
}

Int8Query PreparedQuery::view() const {
  return {.high = planes_.data(),
          .low = planes_.data() + PaddedDims(dims_),
          .block_scales = block_scales_.data()};
}

}  // namespace nestor::kernels
