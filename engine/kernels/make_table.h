#ifndef NESTOR_ENGINE_KERNELS_MAKE_TABLE_H_
#define NESTOR_ENGINE_KERNELS_MAKE_TABLE_H_

#include "engine/kernels/float_ops.h"
#include "engine/kernels/int8_ops.h"
#include "engine/kernels/kernel_table.h"
#include "engine/kernels/packed_ops.h"

// A table from the primitives of one instruction set: F32 and F64 (lanes, see float_ops.h), Int8
// (see int8_ops.h), Packed (see packed_ops.h) and HalfToFloat, which is KernelTable::f16_to_f32.
// The unnamed namespace is on purpose: see instruction_sets.h.

namespace nestor::kernels {
namespace {

template <typename F32, typename F64, typename Int8, typename Packed>
constexpr KernelTable MakeTable(const char* name,
                                void (*half_to_float)(const uint16_t*, size_t, float*)) {
  return {
      .name = name,
      .dot_int8 = DotInt8<Int8>,
      .dot_f32_pair = ScoreFloatPair<F32, DotTerm<F32>>,
      .l2_f32_pair = ScoreFloatPair<F32, SquaredDistanceTerm<F32>>,
      .dot_f32 = ScoreFloatRows<F32, DotTerm<F32>>,
      .l2_f32 = ScoreFloatRows<F32, SquaredDistanceTerm<F32>>,
      .weighted_squares = ScoreFloatRows<F32, WeightedSquareTerm<F32>>,
      .dot_exact = ScoreExact<F64, DotTerm<F64>>,
      .l2_exact = ScoreExact<F64, SquaredDistanceTerm<F64>>,
      .cosine_exact = CosineExact<F64>,
      .block_squares = BlockSquares<F64>,
      .dot_block_int8 = ScoreBlockInt8<Int8>,
      .dot_block_int8_rough = ScoreBlockInt8Roughly<Int8>,
      .dot_packed = {ScorePacked<Packed, 1>, ScorePacked<Packed, 2>, ScorePacked<Packed, 4>,
                     ScorePacked<Packed, 8>},
      .f16_to_f32 = half_to_float,
  };
}

}  // namespace
}  // namespace nestor::kernels

#endif  // NESTOR_ENGINE_KERNELS_MAKE_TABLE_H_
