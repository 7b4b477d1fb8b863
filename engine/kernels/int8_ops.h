#ifndef NESTOR_ENGINE_KERNELS_INT8_OPS_H_
#define NESTOR_ENGINE_KERNELS_INT8_OPS_H_

#include <cstddef>
#include <cstdint>

#include "engine/kernels/float_ops.h"
#include "engine/kernels/kernel_table.h"
#include "engine/kernels/row_loop.h"

// Kernels over int8 rows, written once for every instruction set. Inside a block of 64 dims all is
// integer and exact; between blocks, whose scales differ, sums are float32. `Simd` is what a set
// provides:
//
//   Floats                  // Lanes of float, see float_ops.h; also Mul(a, b) and Broadcast(float)
//   Query, LoadQuery(high, low)      // the planes of one block, made ready for several rows
//   Codes, LoadCodes(codes)          // one block of a row
//   Dot(query, codes)       // Floats::Vector that sums to codes . (128 * high + low)
//   SquaredNorm(codes)      // Floats::Vector that sums to codes . codes
//   PairSum, PairZero(), PairAdd(a, b, sum), PairTotal(sum)   // int32 sums of blocks of two rows
//
// A block's dot product is at most 64 * 127 * 16319 < 2^27: int32 holds it. A set that leaves at
// most 8 products in a lane loses nothing in the conversion to float32 either: 8 * 127 * 16319 <
// 2^24. The unnamed namespace is on purpose: see instruction_sets.h.

namespace nestor::kernels {
namespace {

// BlockCount of kernel_table.h, which other files could share.
inline size_t CountBlocks(size_t dims) { return (dims + kBlockDims - 1) / kBlockDims; }

enum class Norms { kSkip, kCompute };

template <typename Simd, Norms kNorms>
struct BlockInt8Op {
  using Floats = typename Simd::Floats;
  using Vector = typename Floats::Vector;

  const Int8Query& query;
  BlockInt8Rows block;
  size_t block_count;
  float* out;
  float* norms2;

  size_t row_bytes() const { return block_count * kBlockDims; }
  [[gnu::always_inline]] void Prefetch(size_t row) const {
    PrefetchBytes(block.codes + row * block.code_stride, row_bytes());
    PrefetchBytes(block.scales + row * block.scale_stride, block_count * sizeof(float));
  }

  template <size_t kRows>
  void Score(const size_t (&rows)[kRows], size_t position) const {
    const int8_t* codes[kRows];
    const float* scales[kRows];
    Vector dots[kRows];
    Vector norms[kRows];
    for (size_t k = 0; k < kRows; ++k) {
      codes[k] = block.codes + rows[k] * block.code_stride;
      scales[k] = block.scales + rows[k] * block.scale_stride;
      dots[k] = norms[k] = Floats::Zero();
    }
    for (size_t b = 0; b < block_count; ++b) {
      const size_t at = b * kBlockDims;
      const typename Simd::Query q = Simd::LoadQuery(query.high + at, query.low + at);
      const Vector query_scale = Floats::Broadcast(query.block_scales[b]);
      for (size_t k = 0; k < kRows; ++k) {
        const typename Simd::Codes c = Simd::LoadCodes(codes[k] + at);
        const Vector scale = Floats::Broadcast(scales[k][b]);
        // The product of the two scales alone could underflow.
        dots[k] = Floats::Fma(Floats::Mul(Simd::Dot(q, c), scale), query_scale, dots[k]);
        if constexpr (kNorms == Norms::kCompute) {
          norms[k] = Floats::Fma(Floats::Mul(Simd::SquaredNorm(c), scale), scale, norms[k]);
        }
      }
    }
    StoreRowSums<Floats>(dots, out + position);
    if constexpr (kNorms == Norms::kCompute) StoreRowSums<Floats>(norms, norms2 + position);
  }
};

// KernelTable::dot_int8_pair.
template <typename Simd>
int32_t DotInt8Pair(const int8_t* a, const int8_t* b, size_t count) {
  typename Simd::PairSum sum = Simd::PairZero();
  for (size_t at = 0; at < count; at += kBlockDims) sum = Simd::PairAdd(a + at, b + at, sum);
  return Simd::PairTotal(sum);
}

// KernelTable::dot_block_int8.
template <typename Simd>
void ScoreBlockInt8(const Int8Query& query, BlockInt8Rows rows, RowList list, size_t dims,
                    float* out, float* norms2) {
  const size_t block_count = CountBlocks(dims);
  if (norms2 == nullptr) {
    const BlockInt8Op<Simd, Norms::kSkip> op = {query, rows, block_count, out, nullptr};
    ScoreRows(op, list);
  } else {
    const BlockInt8Op<Simd, Norms::kCompute> op = {query, rows, block_count, out, norms2};
    ScoreRows(op, list);
  }
}

}  // namespace
}  // namespace nestor::kernels

#endif  // NESTOR_ENGINE_KERNELS_INT8_OPS_H_
