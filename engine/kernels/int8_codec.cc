#include "engine/kernels/int8_codec.h"

#include <algorithm>

#include "engine/kernels/kernel_table.h"
#include "engine/kernels/quantize.h"

namespace nestor::kernels {
namespace {

constexpr int kMaxCode = 127;
constexpr int kMaxSplitCode = 7 * kUpperStep;  // what two halves of 4 bits have on either side

float EncodeWithOneScale(const float* row, size_t dims, int max_code, int8_t* codes,
                         ErrorBound* bound) {
  const float scale = ScaleFor(row, dims, max_code);
  for (size_t at = 0; at < dims; at += kBlockDims) {
    const size_t count = std::min(kBlockDims, dims - at);
    int32_t multiples[kBlockDims];
    Quantize(row + at, count, scale, max_code, multiples, bound);
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

struct Halves {
  int upper, lower;  // 1 to 15
};
Halves HalvesOf(int8_t code) {
  const int upper = (code + kMaxSplitCode + kUpperStep / 2) / kUpperStep + 1;
  return {upper, code - kUpperStep * (upper - 8) + 8};
}
int8_t CodeOf(Halves halves) {
  return static_cast<int8_t>(kUpperStep * halves.upper + halves.lower - 128);
}

}  // namespace

float EncodeBlockInt8(const float* row, size_t dims, size_t split_blocks, int8_t* codes,
                      float* scales) {
  ErrorBound bound;
  for (size_t block = 0; block < BlockCount(dims); ++block) {
    const size_t at = block * kBlockDims;
    const int max_code = block + split_blocks < BlockCount(dims) ? kMaxCode : kMaxSplitCode;
    const size_t count = std::min(kBlockDims, dims - at);
    scales[block] = EncodeWithOneScale(row + at, count, max_code, codes + at, &bound);
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

void SplitBlocks(const int8_t* codes, size_t blocks, size_t split_blocks, int8_t* split) {
  const size_t whole = blocks - split_blocks;
  std::copy_n(codes, whole * kBlockDims, split);
  for (size_t block = whole; block < blocks; ++block) {
    const int8_t* const from = codes + block * kBlockDims;
    int8_t* const upper = split + (whole + block) * kHalfBlockBytes;
    int8_t* const lower = upper + split_blocks * kHalfBlockBytes;
    for (size_t j = 0; j < kHalfBlockBytes; ++j) {
      const Halves first = HalvesOf(from[j]);
      const Halves second = HalvesOf(from[kHalfBlockBytes + j]);
      upper[j] = static_cast<int8_t>(first.upper | second.upper << 4);
      lower[j] = static_cast<int8_t>(first.lower | second.lower << 4);
    }
  }
}

void JoinBlocks(const int8_t* split, size_t blocks, size_t split_blocks, size_t count,
                int8_t* codes) {
  const size_t whole = blocks - split_blocks;
  std::copy_n(split, std::min(count, whole) * kBlockDims, codes);
  for (size_t block = whole; block < count; ++block) {
    const int8_t* const upper = split + (whole + block) * kHalfBlockBytes;
    const int8_t* const lower = upper + split_blocks * kHalfBlockBytes;
    int8_t* const to = codes + block * kBlockDims;
    for (size_t j = 0; j < kHalfBlockBytes; ++j) {
      to[j] = CodeOf({upper[j] & 15, lower[j] & 15});
      to[kHalfBlockBytes + j] = CodeOf({upper[j] >> 4 & 15, lower[j] >> 4 & 15});
    }
  }
}

int8_t RoughCode(int8_t code) { return CodeOf({HalvesOf(code).upper, 8}); }

float EncodeRowInt8(const float* row, size_t dims, int8_t* codes) {
  ErrorBound bound;
  ClearPadding(dims, codes);
  return EncodeWithOneScale(row, dims, kMaxCode, codes, &bound);
}

}  // namespace nestor::kernels
