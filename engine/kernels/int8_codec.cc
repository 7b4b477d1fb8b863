#include "engine/kernels/int8_codec.h"

#include <algorithm>

#include "engine/kernels/kernel_table.h"
#include "engine/kernels/quantize.h"

namespace nestor::kernels {
namespace {

constexpr int kMaxCode = 127;

float EncodeWithOneScale(const float* row, size_t dims, int8_t* codes, ErrorBound* bound) {
  const float scale = ScaleFor(row, dims, kMaxCode);
  for (size_t at = 0; at < dims; at += kBlockDims) {
    const size_t count = std::min(kBlockDims, dims - at);
    int32_t multiples[kBlockDims];
    Quantize(row + at, count, scale, kMaxCode, multiples, bound);
    for (size_t i = 0; i < count; ++i) codes[at + i] = static_cast<int8_t>(multiples[i]);
  }
  return scale;
}

void DecodeWithOneScale(const int8_t* codes, float scale, size_t dims, float* row) {
  for (size_t i = 0; i < dims; ++i) row[i] = static_cast<float>(codes[i]) * scale;
}

void ClearPadding(size_t dims, int8_t* codes) {
  std::fill(codes + dims, codes + PaddedDims(dims), int8_t{0});
}

}  // namespace

float EncodeBlockInt8(const float* row, size_t dims, int8_t* codes, float* scales) {
  ErrorBound bound;
  for (size_t at = 0; at < dims; at += kBlockDims) {
    const size_t count = std::min(kBlockDims, dims - at);
    scales[at / kBlockDims] = EncodeWithOneScale(row + at, count, codes + at, &bound);
  }
  ClearPadding(dims, codes);
  return bound.Bound();
}

void DecodeBlockInt8(const int8_t* codes, const float* scales, size_t dims, float* row) {
  for (size_t at = 0; at < dims; at += kBlockDims) {
    const size_t count = std::min(kBlockDims, dims - at);
    DecodeWithOneScale(codes + at, scales[at / kBlockDims], count, row + at);
  }
}

float EncodeRowInt8(const float* row, size_t dims, int8_t* codes) {
  ErrorBound bound;
  ClearPadding(dims, codes);
  return EncodeWithOneScale(row, dims, codes, &bound);
}

}  // namespace nestor::kernels
