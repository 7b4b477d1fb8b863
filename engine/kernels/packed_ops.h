#ifndef NESTOR_ENGINE_KERNELS_PACKED_OPS_H_
#define NESTOR_ENGINE_KERNELS_PACKED_OPS_H_

#include <cstddef>
#include <cstdint>

#include "engine/kernels/kernel_table.h"
#include "engine/kernels/row_loop.h"

// Kernels over codes of a few bits, written once for every instruction set and width of code. All
// is integer until a row has its sum, so every set gives the same. `Simd` is what a set provides:
//
//   kBytes                          // of codes that it takes at a time
//   Sum, Zero()                     // lanes of int32
//   Codes, Load(codes), LoadPart(codes, n)   // kBytes; or n < kBytes, zeros after, no byte behind
//   Query, LoadQuery(values)                 // the query's values for one plane of kBytes
//   Add<bits>(codes, queries, sum)  // sum += the products of all planes with their queries
//   Total(sum), StoreTotals(sums[4], out)    // over the lanes, for one row or four
//
// The unnamed namespace is on purpose: see instruction_sets.h.

namespace nestor::kernels {
namespace {

// Add<bits> for a set whose instruction (vpmaddubsw) multiplies unsigned by signed bytes and adds
// two products in 16 bits: at most 2 * 15 * 127 with codes of up to 4 bits, and all planes together
// still fit. Codes of 8 bits are taken as two halves of 4. `Pairs` has the rest of a Simd, and
//
//   Products(codes, query)          // pairs, in 16 bits
//   Widen(products, weight)         // pairs of these times the weight, in 32 bits
//   Plane<bits, plane>(codes), Add16(a, b), Add32(a, b)
template <typename Pairs>
struct PackedFromPairs : Pairs {
  using Sum = typename Pairs::Sum;
  using Codes = typename Pairs::Codes;
  using Query = typename Pairs::Query;

  template <int kBits>
  static Sum Add(Codes codes, const Query (&queries)[8 / kBits], Sum sum) {
    if constexpr (kBits == 8) {
      const Codes low = Pairs::template Plane<4, 0>(codes);
      const Codes high = Pairs::template Plane<4, 1>(codes);
      sum = Pairs::Add32(sum, Pairs::Widen(Pairs::Products(low, queries[0]), 1));
      return Pairs::Add32(sum, Pairs::Widen(Pairs::Products(high, queries[0]), 16));
    } else {
      return Pairs::Add32(sum, Pairs::Widen(AddPlanes<kBits, 0>(codes, queries), 1));
    }
  }

 private:
  template <int kBits, int kPlane>
  static Sum AddPlanes(Codes codes, const Query (&queries)[8 / kBits]) {
    const Codes plane = Pairs::template Plane<kBits, kPlane>(codes);
    const Sum products = Pairs::Products(plane, queries[kPlane]);
    if constexpr (kPlane + 1 == 8 / kBits) {
      return products;
    } else {
      return Pairs::Add16(products, AddPlanes<kBits, kPlane + 1>(codes, queries));
    }
  }
};

template <typename Simd, int kBits>
struct PackedOp {
  static constexpr size_t kPlanes = 8 / kBits;
  using Sum = typename Simd::Sum;

  const PackedQuery& query;
  PackedRows block;
  float* out;

  size_t row_bytes() const { return block.bytes; }
  [[gnu::always_inline]] void Prefetch(size_t row) const {
    PrefetchBytes(block.codes + row * block.bytes, block.bytes);
  }

  // Not inlined, it would pass rows and sums through memory, which costs more than the sums.
  template <size_t kRows>
  [[gnu::always_inline]] void Score(const size_t (&rows)[kRows], size_t position) const {
    const uint8_t* codes[kRows];
    Sum sums[kRows];
    for (size_t k = 0; k < kRows; ++k) {
      codes[k] = block.codes + rows[k] * block.bytes;
      sums[k] = Simd::Zero();
    }
    size_t at = 0;
    for (; at + Simd::kBytes <= block.bytes; at += Simd::kBytes) {
      typename Simd::Query queries[kPlanes];
      LoadQueries(at, queries);
      for (size_t k = 0; k < kRows; ++k) {
        sums[k] = Simd::template Add<kBits>(Simd::Load(codes[k] + at), queries, sums[k]);
      }
    }
    if (at < block.bytes) {
      typename Simd::Query queries[kPlanes];
      LoadQueries(at, queries);
      for (size_t k = 0; k < kRows; ++k) {
        const typename Simd::Codes part = Simd::LoadPart(codes[k] + at, block.bytes - at);
        sums[k] = Simd::template Add<kBits>(part, queries, sums[k]);
      }
    }
    int32_t totals[kRows];
    if constexpr (kRows == kRowGroup) {
      Simd::StoreTotals(sums, totals);
    } else {
      for (size_t k = 0; k < kRows; ++k) totals[k] = Simd::Total(sums[k]);
    }
    for (size_t k = 0; k < kRows; ++k) {
      // Twice the sum of (code - middle) * value.
      const int32_t centred = 2 * totals[k] - ((1 << kBits) - 1) * query.sum;
      const float scaled = static_cast<float>(centred) * (0.5f * query.scale);
      PackedRowTerms terms;
      __builtin_memcpy(&terms, codes[k] + block.bytes - sizeof(terms), sizeof(terms));
      out[position + k] = (query.offset + terms.offset) + terms.factor * scaled;
    }
  }

 private:
  void LoadQueries(size_t at, typename Simd::Query (&queries)[kPlanes]) const {
    for (size_t plane = 0; plane < kPlanes; ++plane) {
      queries[plane] = Simd::LoadQuery(query.values + plane * block.bytes + at);
    }
  }
};

// KernelTable::dot_packed.
template <typename Simd, int kBits>
void ScorePacked(const PackedQuery& query, PackedRows rows, RowList list, float* out) {
  const PackedOp<Simd, kBits> op = {query, rows, out};
  ScoreRows(op, list);
}

}  // namespace
}  // namespace nestor::kernels

#endif  // NESTOR_ENGINE_KERNELS_PACKED_OPS_H_
