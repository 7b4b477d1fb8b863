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
    const Starts<kRows> starts(block, rows);
    Vector dots[kRows];
    Vector norms[kRows];
    for (size_t k = 0; k < kRows; ++k) dots[k] = norms[k] = Floats::Zero();
    AddWhole(starts, dots, norms);
    const size_t lower = block.split_blocks * kHalfBlockBytes;
    AddBlocks(starts, whole_count(), block_count, dots, norms, [&](const int8_t* codes, size_t b) {
      const int8_t* const upper = codes + UpperAt(b);
      return Simd::LoadSplit(upper, upper + lower);
    });
    StoreRowSums<Floats>(dots, out + position);
    if constexpr (kNorms == Norms::kCompute) StoreRowSums<Floats>(norms, norms2 + position);
  }

  template <size_t kRows>
  struct Starts {
    Starts(const BlockInt8Rows& block, const size_t (&rows)[kRows]) {
      for (size_t k = 0; k < kRows; ++k) {
        codes[k] = block.codes + rows[k] * block.code_stride;
        scales[k] = block.scales + rows[k] * block.scale_stride;
      }
    }
    const int8_t* codes[kRows];
    const float* scales[kRows];
  };

  template <size_t kRows>
  [[gnu::always_inline]] void AddWhole(const Starts<kRows>& starts, Vector (&dots)[kRows],
                                       Vector (&norms)[kRows]) const {
    AddBlocks(starts, 0, whole_count(), dots, norms, [](const int8_t* codes, size_t b) {
      return Simd::LoadCodes(codes + b * kBlockDims);
    });
  }
  // Where in a row the first half of block b is. REQUIRES: it is split.
  size_t UpperAt(size_t b) const { return (whole_count() + b) * kHalfBlockBytes; }

 private:
  template <size_t kRows, typename Load>
  [[gnu::always_inline]] void AddBlocks(const Starts<kRows>& starts, size_t begin, size_t end,
                                        Vector (&dots)[kRows], Vector (&norms)[kRows],
                                        Load load) const {
    for (size_t b = begin; b < end; ++b) {
      const size_t at = b * kBlockDims;
      const typename Simd::Query q = Simd::LoadQuery(query.high + at, query.low + at);
      const Vector query_scale = Floats::Broadcast(query.block_scales[b]);
      for (size_t k = 0; k < kRows; ++k) {
        const typename Simd::Codes c = load(starts.codes[k], b);
        const Vector scale = Floats::Broadcast(starts.scales[k][b]);
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

  using Whole = BlockInt8Op<Simd, Norms::kSkip>;

  Whole op;

  size_t row_bytes() const { return (op.block_count + op.whole_count()) * kHalfBlockBytes; }
  [[gnu::always_inline]] void Prefetch(size_t row) const {
    PrefetchBytes(op.block.scales + row * op.block.scale_stride, op.block_count * sizeof(float));
    PrefetchBytes(op.block.codes + row * op.block.code_stride, row_bytes());
  }

  template <size_t kRows>
  void Score(const size_t (&rows)[kRows], size_t position) const {
    const typename Whole::template Starts<kRows> starts(op.block, rows);
    const size_t whole = op.whole_count();
    // What does not depend on codes: a product of offsets and scales.
    const char* scales[kRows];
    for (size_t k = 0; k < kRows; ++k) {
      scales[k] = reinterpret_cast<const char*>(starts.scales[k] + whole);
    }
    Vector dots[kRows];
    const char* const offsets = reinterpret_cast<const char*>(op.query.upper_offsets + whole);
    AccumulateTerms<Floats, DotTerm<Floats>>(offsets, scales, op.block_count - whole, dots);
    Vector no_norms[kRows];
    op.AddWhole(starts, dots, no_norms);
    for (size_t b = whole; b < op.block_count; ++b) {
      const typename Simd::Coarse coarse = Simd::LoadCoarse(op.query.high + b * kBlockDims);
      const Vector query_scale = Floats::Broadcast(op.query.block_scales[b] * (128 * kUpperStep));
      const size_t upper = op.UpperAt(b);
      for (size_t k = 0; k < kRows; ++k) {
        const Vector scale = Floats::Broadcast(starts.scales[k][b]);
        const Vector dot = Simd::DotUpper(coarse, starts.codes[k] + upper);
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
