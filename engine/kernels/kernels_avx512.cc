// The table for processors with AVX-512 F, BW, DQ and VL but without VNNI: Skylake servers.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "engine/kernels/instruction_sets.h"
#include "engine/kernels/make_table.h"
#include "engine/kernels/simd_avx512.h"

namespace nestor::kernels {
namespace {

// 16-bit products: 128 * high + low fits int16, and vpmaddwd leaves 4 of the block's products in
// each lane.
struct Int8 {
  using Floats = F32;
  struct Query {
    __m512i first, second;
  };
  using Codes = Query;  // both are 64 values of 16 bits

  static __m512i Widen(const int8_t* codes) {
    return _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(codes)));
  }
  static __m512i Combine(const int8_t* high, const int8_t* low) {
    return _mm512_add_epi16(_mm512_slli_epi16(Widen(high), 7), Widen(low));
  }
  static Query LoadQuery(const int8_t* high, const int8_t* low) {
    return {Combine(high, low), Combine(high + 32, low + 32)};
  }
  static Codes LoadCodes(const int8_t* codes) { return {Widen(codes), Widen(codes + 32)}; }
  static Codes LoadSplit(const int8_t* upper, const int8_t* lower) {
    const __m512i codes = JoinHalves(LoadHalves(upper), LoadHalves(lower));
    return {_mm512_cvtepi8_epi16(_mm512_castsi512_si256(codes)),
            _mm512_cvtepi8_epi16(_mm512_extracti64x4_epi64(codes, 1))};
  }
  // vpmaddubsw: at most 2 * 15 * 127, far from its limit.
  using Coarse = __m512i;
  static Coarse LoadCoarse(const int8_t* high) { return _mm512_loadu_si512(high); }
  static __m512 DotUpper(Coarse coarse, const int8_t* upper) {
    const __m512i pairs = _mm512_maddubs_epi16(LoadHalves(upper), coarse);
    return _mm512_cvtepi32_ps(_mm512_madd_epi16(pairs, _mm512_set1_epi16(1)));
  }
  static __m512 Dot(const Query& query, const Codes& codes) {
    const __m512i first = _mm512_madd_epi16(query.first, codes.first);
    const __m512i second = _mm512_madd_epi16(query.second, codes.second);
    return _mm512_cvtepi32_ps(_mm512_add_epi32(first, second));
  }
  static __m512 SquaredNorm(const Codes& codes) { return Dot(codes, codes); }

  using Plain = Codes;
  using Sum = __m512i;
  static Plain LoadPlain(const int8_t* codes) { return LoadCodes(codes); }
  static Sum NoSum() { return _mm512_setzero_si512(); }
  static Sum Add(const Plain& plain, const int8_t* codes, Sum sum) {
    const __m512i first = _mm512_madd_epi16(plain.first, Widen(codes));
    const __m512i second = _mm512_madd_epi16(plain.second, Widen(codes + 32));
    return _mm512_add_epi32(sum, _mm512_add_epi32(first, second));
  }
  static int32_t Total(Sum sum) { return _mm512_reduce_add_epi32(sum); }
};

struct PackedPairs : PackedLanes {
  static Sum Products(Codes codes, Query query) { return _mm512_maddubs_epi16(codes, query); }
  static Sum Widen(Sum products, short weight) {
    return _mm512_madd_epi16(products, _mm512_set1_epi16(weight));
  }
  static Sum Add16(Sum a, Sum b) { return _mm512_add_epi16(a, b); }
  static Sum Add32(Sum a, Sum b) { return _mm512_add_epi32(a, b); }
};

}  // namespace

constinit const KernelTable kAvx512Kernels =
    MakeTable<F32, F64, Int8, PackedFromPairs<PackedPairs>>("avx512", HalfToFloat);

}  // namespace nestor::kernels
