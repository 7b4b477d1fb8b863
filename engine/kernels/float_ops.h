#ifndef NESTOR_ENGINE_KERNELS_FLOAT_OPS_H_
#define NESTOR_ENGINE_KERNELS_FLOAT_OPS_H_

#include <cstddef>

#include "engine/kernels/kernel_table.h"
#include "engine/kernels/row_loop.h"

// Kernels over float32 rows, written once for every instruction set. `Lanes` is what a set
// provides: a vector of float or double, filled from float32 bytes.
//
//   Vector, kLanes, Zero(), Add(a, b), Sub(a, b), Fma(a, b, c)   // a * b + c
//   kRowsTogether          // 1, 2 or 4: how many rows times kUnroll sums fit in the registers
//   Load(bytes)            // kLanes float32 at any alignment
//   LoadPart(bytes, n)     // the first n < kLanes of them, then zeros; touches nothing behind
//   LoadWide(doubles)      // kLanes of them; only of double lanes
//   Sum(vector)            // over the lanes
//   StoreSums(v[4], out)   // out[k] = Sum(v[k]), to the bit, as float; only of float lanes
//
// A row gets the same bits wherever it is in a list, alone or in a group: otherwise equal vectors
// would get different scores, and ties would be broken by chance. So the number and order of the
// partial sums is the same everywhere.
//
// The unnamed namespace is on purpose: see instruction_sets.h.

namespace nestor::kernels {
namespace {

template <typename Lanes>
struct DotTerm {
  using Vector = typename Lanes::Vector;
  static Vector Add(Vector a, Vector b, Vector sum) { return Lanes::Fma(a, b, sum); }
};

template <typename Lanes>
struct SquaredDistanceTerm {
  using Vector = typename Lanes::Vector;
  static Vector Add(Vector a, Vector b, Vector sum) {
    const Vector difference = Lanes::Sub(a, b);
    return Lanes::Fma(difference, difference, sum);
  }
};

template <typename Lanes>
struct WeightedSquareTerm {
  using Vector = typename Lanes::Vector;
  static Vector Add(Vector weight, Vector value, Vector sum) {
    return Lanes::Fma(weight, Lanes::Fma(value, value, Lanes::Zero()), sum);
  }
};

// Sums side by side for each row, to hide the latency of a multiply-add.
constexpr size_t kUnroll = 4;

// sums[k] = the terms of the query and row k, not yet summed over the lanes.
template <typename Lanes, typename Term, size_t kRows>
void AccumulateTerms(const char* query, const char* const (&rows)[kRows], size_t dims,
                     typename Lanes::Vector (&sums)[kRows]) {
  using Vector = typename Lanes::Vector;
  constexpr size_t kBytes = Lanes::kLanes * sizeof(float);
  Vector partial[kUnroll][kRows];
  for (size_t u = 0; u < kUnroll; ++u) {
    for (size_t k = 0; k < kRows; ++k) partial[u][k] = Lanes::Zero();
  }
  const size_t end = dims * sizeof(float);
  size_t at = 0;
  for (; at + kUnroll * kBytes <= end; at += kUnroll * kBytes) {
    for (size_t u = 0; u < kUnroll; ++u) {
      const Vector q = Lanes::Load(query + at + u * kBytes);
      for (size_t k = 0; k < kRows; ++k) {
        partial[u][k] = Term::Add(q, Lanes::Load(rows[k] + at + u * kBytes), partial[u][k]);
      }
    }
  }
  for (; at + kBytes <= end; at += kBytes) {
    const Vector q = Lanes::Load(query + at);
    for (size_t k = 0; k < kRows; ++k) {
      partial[0][k] = Term::Add(q, Lanes::Load(rows[k] + at), partial[0][k]);
    }
  }
  if (at < end) {
    const size_t rest = (end - at) / sizeof(float);
    const Vector q = Lanes::LoadPart(query + at, rest);
    for (size_t k = 0; k < kRows; ++k) {
      partial[1][k] = Term::Add(q, Lanes::LoadPart(rows[k] + at, rest), partial[1][k]);
    }
  }
  for (size_t k = 0; k < kRows; ++k) {
    const Vector first = Lanes::Add(partial[0][k], partial[1][k]);
    sums[k] = Lanes::Add(first, Lanes::Add(partial[2][k], partial[3][k]));
  }
}

template <typename Lanes>
void StoreRowSums(const typename Lanes::Vector (&sums)[kRowGroup], float* out) {
  Lanes::StoreSums(sums, out);
}

template <typename Lanes>
void StoreRowSums(const typename Lanes::Vector (&sums)[1], float* out) {
  *out = Lanes::Sum(sums[0]);
}

template <typename Lanes, typename Term>
struct FloatRowsOp {
  const char* query;
  FloatRows block;
  size_t dims;
  float* out;

  size_t row_bytes() const { return dims * sizeof(float); }
  [[gnu::always_inline]] void Prefetch(size_t row) const {
    PrefetchBytes(block.data + row * block.stride, row_bytes());
  }

  template <size_t kRows>
  void Score(const size_t (&rows)[kRows], size_t position) const {
    constexpr size_t kTogether = kRows < Lanes::kRowsTogether ? kRows : Lanes::kRowsTogether;
    typename Lanes::Vector sums[kRows];
    for (size_t first = 0; first < kRows; first += kTogether) {
      const char* starts[kTogether];
      typename Lanes::Vector some[kTogether];
      for (size_t k = 0; k < kTogether; ++k) {
        starts[k] = reinterpret_cast<const char*>(block.data + rows[first + k] * block.stride);
      }
      AccumulateTerms<Lanes, Term>(query, starts, dims, some);
      for (size_t k = 0; k < kTogether; ++k) sums[first + k] = some[k];
    }
    StoreRowSums<Lanes>(sums, out + position);
  }
};

// KernelTable::dot_f32, l2_f32 and weighted_squares.
template <typename Lanes, typename Term>
void ScoreFloatRows(const float* query, FloatRows rows, RowList list, size_t dims, float* out) {
  const FloatRowsOp<Lanes, Term> op = {reinterpret_cast<const char*>(query), rows, dims, out};
  ScoreRows(op, list);
}

// KernelTable::dot_f32_pair and l2_f32_pair.
template <typename Lanes, typename Term>
float ScoreFloatPair(const float* a, const float* b, size_t dims) {
  const char* const rows[1] = {reinterpret_cast<const char*>(b)};
  typename Lanes::Vector sums[1];
  AccumulateTerms<Lanes, Term>(reinterpret_cast<const char*>(a), rows, dims, sums);
  return Lanes::Sum(sums[0]);
}

// KernelTable::dot_exact and l2_exact.
template <typename Lanes, typename Term>
double ScoreExact(const float* query, const void* row, size_t dims) {
  const char* const rows[1] = {static_cast<const char*>(row)};
  typename Lanes::Vector sums[1];
  AccumulateTerms<Lanes, Term>(reinterpret_cast<const char*>(query), rows, dims, sums);
  return Lanes::Sum(sums[0]);
}

template <typename Lanes>
double SumAll(const typename Lanes::Vector (&sums)[kUnroll]) {
  return Lanes::Sum(Lanes::Add(Lanes::Add(sums[0], sums[1]), Lanes::Add(sums[2], sums[3])));
}

// KernelTable::cosine_exact. Each value of the row is loaded and converted once.
template <typename Lanes>
CosineTerms CosineExact(const double* query, const void* row, size_t dims) {
  using Vector = typename Lanes::Vector;
  constexpr size_t kLanes = Lanes::kLanes;
  static_assert(kWideQueryDims % kLanes == 0);
  const char* const bytes = static_cast<const char*>(row);
  Vector dots[kUnroll], squares[kUnroll];
  for (size_t u = 0; u < kUnroll; ++u) dots[u] = squares[u] = Lanes::Zero();
  const auto add = [&](size_t u, size_t dim, Vector values) {
    dots[u] = Lanes::Fma(Lanes::LoadWide(query + dim), values, dots[u]);
    squares[u] = Lanes::Fma(values, values, squares[u]);
  };
  size_t dim = 0;
  for (; dim + kUnroll * kLanes <= dims; dim += kUnroll * kLanes) {
    for (size_t u = 0; u < kUnroll; ++u) {
      const size_t first = dim + u * kLanes;
      add(u, first, Lanes::Load(bytes + first * sizeof(float)));
    }
  }
  for (; dim + kLanes <= dims; dim += kLanes) {
    add(0, dim, Lanes::Load(bytes + dim * sizeof(float)));
  }
  if (dim < dims) add(1, dim, Lanes::LoadPart(bytes + dim * sizeof(float), dims - dim));
  return {SumAll<Lanes>(dots), SumAll<Lanes>(squares)};
}

// KernelTable::block_squares.
template <typename Lanes>
void BlockSquares(const float* values, size_t dims, double* squares) {
  for (size_t begin = 0; begin < dims; begin += kBlockDims) {
    const size_t count = dims - begin < kBlockDims ? dims - begin : kBlockDims;
    const char* const block = reinterpret_cast<const char*>(values + begin);
    const char* const rows[1] = {block};
    typename Lanes::Vector sums[1];
    AccumulateTerms<Lanes, DotTerm<Lanes>>(block, rows, count, sums);
    *squares++ = Lanes::Sum(sums[0]);
  }
}

}  // namespace
}  // namespace nestor::kernels

#endif  // NESTOR_ENGINE_KERNELS_FLOAT_OPS_H_
