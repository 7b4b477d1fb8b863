// The table for processors with AVX-512 VNNI: Intel servers since Cascade Lake, AMD since Zen 4.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "engine/kernels/instruction_sets.h"
#include "engine/kernels/make_table.h"
#include "engine/kernels/simd_avx512.h"

namespace nestor::kernels {
namespace {

// vpdpbusd multiplies unsigned by signed bytes and adds four products into each lane. Row codes
// become unsigned by adding 128 (flipping the top bit), which adds 128 * (128 * high + low) to
// every product; `bias` starts each lane at minus that. It is made here, once for several rows,
// rather than from the sums over the whole block, so that every lane holds its true, small sum
// before it becomes a float.
struct Int8 {
  using Floats = F32;
  struct Query {
    __m512i high, low, bias;
  };
  using Codes = __m512i;

  static __m512i TopBits() { return _mm512_set1_epi8(-128); }
  static __m512i Dot(__m512i unsigned_codes, const __m512i& high, const __m512i& low,
                     __m512i start) {
    const __m512i highs = _mm512_dpbusd_epi32(_mm512_setzero_si512(), unsigned_codes, high);
    const __m512i lows = _mm512_dpbusd_epi32(start, unsigned_codes, low);
    return _mm512_add_epi32(_mm512_slli_epi32(highs, 7), lows);
  }
  static Query LoadQuery(const int8_t* high, const int8_t* low) {
    const __m512i h = _mm512_loadu_si512(high);
    const __m512i l = _mm512_loadu_si512(low);
    const __m512i zero = _mm512_setzero_si512();
    return {h, l, _mm512_sub_epi32(zero, Dot(TopBits(), h, l, zero))};
  }
  static Codes LoadCodes(const int8_t* codes) { return _mm512_loadu_si512(codes); }
  static Codes LoadSplit(const int8_t* upper, const int8_t* lower) {
    return JoinHalves(LoadHalves(upper), LoadHalves(lower));
  }
  using Coarse = __m512i;
  static Coarse LoadCoarse(const int8_t* high) { return _mm512_loadu_si512(high); }
  static __m512 DotUpper(Coarse coarse, const int8_t* upper) {
    const __m512i zero = _mm512_setzero_si512();
    return _mm512_cvtepi32_ps(_mm512_dpbusd_epi32(zero, LoadHalves(upper), coarse));
  }
  static __m512 Dot(const Query& query, Codes codes) {
    const __m512i unsigned_codes = _mm512_xor_si512(codes, TopBits());
    return _mm512_cvtepi32_ps(Dot(unsigned_codes, query.high, query.low, query.bias));
  }
  static __m512 SquaredNorm(Codes codes) {
    const __m512i magnitudes = _mm512_abs_epi8(codes);
    return _mm512_cvtepi32_ps(_mm512_dpbusd_epi32(_mm512_setzero_si512(), magnitudes, magnitudes));
  }

  // As above, codes + 128: 128 times the query too much.
  using Plain = __m512i;
  using Sum = __m512i;
  static Plain LoadPlain(const int8_t* codes) { return _mm512_loadu_si512(codes); }
  static Sum NoSum() { return _mm512_setzero_si512(); }
  static Sum Add(Plain plain, const int8_t* codes, Sum sum) {
    const __m512i unsigned_codes = _mm512_xor_si512(_mm512_loadu_si512(codes), TopBits());
    return _mm512_dpbusd_epi32(sum, unsigned_codes, plain);
  }
  static int32_t Total(Sum sum) { return _mm512_reduce_add_epi32(sum); }
};

struct Packed : PackedLanes {
  template <int kBits, int kPlane = 0>
  static Sum Add(Codes codes, const Query (&queries)[8 / kBits], Sum sum) {
    sum = _mm512_dpbusd_epi32(sum, Plane<kBits, kPlane>(codes), queries[kPlane]);
    if constexpr (kPlane + 1 == 8 / kBits) {
      return sum;
    } else {
      return Add<kBits, kPlane + 1>(codes, queries, sum);
    }
  }
};

}  // namespace

constinit const KernelTable kAvx512VnniKernels =
    MakeTable<F32, F64, Int8, Packed>("avx512vnni", HalfToFloat);

}  // namespace nestor::kernels
