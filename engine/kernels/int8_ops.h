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
//   LoadSplit(upper, lower)          // the same of one that is split
//   Coarse, LoadCoarse(high)         // the high plane alone, made ready for several rows
//   DotUpper(coarse, upper)          // Floats::Vector that sums to high . u
//   Dot(query, codes)       // Floats::Vector that sums to codes . (128 * high + low)
//   SquaredNorm(codes)      // Floats::Vector that sums to codes . codes
//   Plain, LoadPlain(codes)  // one block of a query without scales, made ready for several rows
//   Sum, NoSum(), Add(plain, codes, sum), Total(sum)   // lanes of int32: sum + plain . codes, and
//                                                      // whatever depends on nothing but `plain`
//
// A block's dot product is at most 64 * 127 * 16256 < 2^27: int32 holds it. A set that leaves at
// most 8 products in a lane loses nothing in the conversion to float32 either: 8 * 127 * 16256 <
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

  // Of the blocks that are scored, those before this one are whole.
  size_t whole_count() const {
    const size_t whole = block.blocks - block.split_blocks;
    return block.split_blocks == 0 || block_count < whole ? block_count : whole;
  }
  size_t row_bytes() const { return block_count * kBlockDims; }
  [[gnu::always_inline]] void Prefetch(size_t row) const {
    PrefetchBytes(block.scales + row * block.scale_stride, block_count * sizeof(float));
    const int8_t* const codes = block.codes + row * block.code_stride;
    if (block_count == block.blocks || block.split_blocks == 0) {
      PrefetchBytes(codes, block_count * kBlockDims);
      return;
    }
    const size_t split = (block_count - whole_count()) * kHalfBlockBytes;
    PrefetchBytes(codes, whole_count() * kBlockDims + split);
    PrefetchBytes(codes + whole_count() * kBlockDims + block.split_blocks * kHalfBlockBytes, split);
  }

  template <size_t kRows>
  void Score(const size_t (&rows)[kRows], size_t position) const {
    Vector dots[kRows];
    Vector norms[kRows];
    for (size_t k = 0; k < kRows; ++k) dots[k] = norms[k] = Floats::Zero();
    AddWhole(rows, dots, norms);
    AddSplit(rows, dots, norms);
    StoreRowSums<Floats>(dots, out + position);
    if constexpr (kNorms == Norms::kCompute) StoreRowSums<Floats>(norms, norms2 + position);
  }

  template <size_t kRows>
  [[gnu::always_inline]] void AddWhole(const size_t (&rows)[kRows], Vector (&dots)[kRows],
                                       Vector (&norms)[kRows]) const {
    AddBlocks(rows, 0, whole_count(), dots, norms,
              [&](size_t row, size_t b) { return Simd::LoadCodes(CodesOf(row) + b * kBlockDims); });
  }
  template <size_t kRows>
  [[gnu::always_inline]] void AddSplit(const size_t (&rows)[kRows], Vector (&dots)[kRows],
                                       Vector (&norms)[kRows]) const {
    const size_t lower = block.split_blocks * kHalfBlockBytes;
    AddBlocks(rows, whole_count(), block_count, dots, norms, [&](size_t row, size_t b) {
      const int8_t* const upper = UpperOf(row, b);
      return Simd::LoadSplit(upper, upper + lower);
    });
  }
  const int8_t* CodesOf(size_t row) const { return block.codes + row * block.code_stride; }
  // REQUIRES: block b is split.
  const int8_t* UpperOf(size_t row, size_t b) const {
    return CodesOf(row) + (whole_count() + b) * kHalfBlockBytes;
  }
  float ScaleOf(size_t row, size_t b) const { return block.scales[row * block.scale_stride + b]; }

 private:
  template <size_t kRows, typename Load>
  [[gnu::always_inline]] void AddBlocks(const size_t (&rows)[kRows], size_t begin, size_t end,
                                        Vector (&dots)[kRows], Vector (&norms)[kRows],
                                        Load load) const {
    for (size_t b = begin; b < end; ++b) {
      const size_t at = b * kBlockDims;
      const typename Simd::Query q = Simd::LoadQuery(query.high + at, query.low + at);
      const Vector query_scale = Floats::Broadcast(query.block_scales[b]);
      for (size_t k = 0; k < kRows; ++k) {
        const typename Simd::Codes c = load(rows[k], b);
        const Vector scale = Floats::Broadcast(ScaleOf(rows[k], b));
        // The product of the two scales alone could underflow.
        dots[k] = Floats::Fma(Floats::Mul(Simd::Dot(q, c), scale), query_scale, dots[k]);
        if constexpr (kNorms == Norms::kCompute) {
          norms[k] = Floats::Fma(Floats::Mul(Simd::SquaredNorm(c), scale), scale, norms[k]);
        }
      }
    }
  }
};

template <typename Simd>
struct RoughInt8Op {
  using Floats = typename Simd::Floats;
  using Vector = typename Floats::Vector;

  BlockInt8Op<Simd, Norms::kSkip> op;

  size_t row_bytes() const { return (op.block_count + op.whole_count()) * kHalfBlockBytes; }
  [[gnu::always_inline]] void Prefetch(size_t row) const {
    PrefetchBytes(op.block.scales + row * op.block.scale_stride, op.block_count * sizeof(float));
    PrefetchBytes(op.CodesOf(row), row_bytes());
  }

  template <size_t kRows>
  void Score(const size_t (&rows)[kRows], size_t position) const {
    const size_t whole = op.whole_count();
    // What does not depend on codes: a product of offsets and scales.
    const char* scales[kRows];
    for (size_t k = 0; k < kRows; ++k) {
      scales[k] =
          reinterpret_cast<const char*>(op.block.scales + rows[k] * op.block.scale_stride + whole);
    }
    Vector dots[kRows];
    const char* const offsets = reinterpret_cast<const char*>(op.query.upper_offsets + whole);
    AccumulateTerms<Floats, DotTerm<Floats>>(offsets, scales, op.block_count - whole, dots);
    Vector no_norms[kRows];
    op.AddWhole(rows, dots, no_norms);
    for (size_t b = whole; b < op.block_count; ++b) {
      const typename Simd::Coarse coarse = Simd::LoadCoarse(op.query.high + b * kBlockDims);
      const Vector query_scale = Floats::Broadcast(op.query.block_scales[b] * (128 * kUpperStep));
      for (size_t k = 0; k < kRows; ++k) {
        const Vector scale = Floats::Broadcast(op.ScaleOf(rows[k], b));
        const Vector dot = Simd::DotUpper(coarse, op.UpperOf(rows[k], b));
        dots[k] = Floats::Fma(Floats::Mul(dot, scale), query_scale, dots[k]);
      }
    }
    StoreRowSums<Floats>(dots, op.out + position);
  }
};

template <typename Simd>
struct Int8Op {
  const int8_t* query;
  Int8Rows block;
  size_t count;
  int32_t excess;  // of every sum
  int32_t* out;

  size_t row_bytes() const { return count; }
  [[gnu::always_inline]] void Prefetch(size_t row) const {
    PrefetchBytes(block.codes + row * block.stride, count);
  }

  template <size_t kRows>
  void Score(const size_t (&rows)[kRows], size_t position) const {
    typename Simd::Sum sums[kRows];
    for (size_t k = 0; k < kRows; ++k) sums[k] = Simd::NoSum();
    for (size_t at = 0; at < count; at += kBlockDims) {
      const typename Simd::Plain plain = Simd::LoadPlain(query + at);
      for (size_t k = 0; k < kRows; ++k) {
        sums[k] = Simd::Add(plain, block.codes + rows[k] * block.stride + at, sums[k]);
      }
    }
    for (size_t k = 0; k < kRows; ++k) out[position + k] = Simd::Total(sums[k]) - excess;
  }
};

// KernelTable::dot_int8.
template <typename Simd>
void DotInt8(const int8_t* query, Int8Rows rows, RowList list, size_t count, int32_t* out) {
  constexpr int8_t kZeros[kBlockDims] = {};
  typename Simd::Sum sum = Simd::NoSum();
  for (size_t at = 0; at < count; at += kBlockDims) {
    sum = Simd::Add(Simd::LoadPlain(query + at), kZeros, sum);
  }
  ScoreRows(Int8Op<Simd>{query, rows, count, Simd::Total(sum), out}, list);
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

// KernelTable::dot_block_int8_rough.
template <typename Simd>
void ScoreBlockInt8Roughly(const Int8Query& query, BlockInt8Rows rows, RowList list, size_t dims,
                           float* out) {
  const RoughInt8Op<Simd> op = {{query, rows, CountBlocks(dims), out, nullptr}};
  ScoreRows(op, list);
}

}  // namespace
}  // namespace nestor::kernels

#endif  // NESTOR_ENGINE_KERNELS_INT8_OPS_H_
