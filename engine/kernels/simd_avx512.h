#ifndef NESTOR_ENGINE_KERNELS_SIMD_AVX512_H_
#define NESTOR_ENGINE_KERNELS_SIMD_AVX512_H_

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

// What the two AVX-512 tables have in common: lanes of float and double (see float_ops.h), half
// precision. The unnamed namespace is on purpose: see instruction_sets.h.

namespace nestor::kernels {
namespace {

struct F32 {
  using Vector = __m512;
  static constexpr size_t kLanes = 16;
  static constexpr size_t kRowsTogether = 4;

  static Vector Zero() { return _mm512_setzero_ps(); }
  static Vector Broadcast(float value) { return _mm512_set1_ps(value); }
  static Vector Add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
  static Vector Sub(Vector a, Vector b) { return _mm512_sub_ps(a, b); }
  static Vector Mul(Vector a, Vector b) { return _mm512_mul_ps(a, b); }
  static Vector Fma(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
  static Vector Load(const char* bytes) { return _mm512_loadu_ps(bytes); }
  static Vector LoadPart(const char* bytes, size_t count) {
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), bytes);
  }
  // Inside the four quarters first, then across them: the order of StoreSums.
  static float Sum(Vector v) {
    const __m512 pairs = _mm512_add_ps(v, _mm512_permute_ps(v, 0b01'00'11'10));
    const __m512 quarters = _mm512_add_ps(pairs, _mm512_permute_ps(pairs, 0b10'11'00'01));
    return _mm_cvtss_f32(AddQuarters(quarters));
  }
  // Transposes while it adds: four sums for the price of little more than one.
  static void StoreSums(const Vector (&v)[4], float* out) {
    const __m512 v01 =
        _mm512_add_ps(_mm512_unpacklo_ps(v[0], v[1]), _mm512_unpackhi_ps(v[0], v[1]));
    const __m512 v23 =
        _mm512_add_ps(_mm512_unpacklo_ps(v[2], v[3]), _mm512_unpackhi_ps(v[2], v[3]));
    const __m512d low = _mm512_unpacklo_pd(_mm512_castps_pd(v01), _mm512_castps_pd(v23));
    const __m512d high = _mm512_unpackhi_pd(_mm512_castps_pd(v01), _mm512_castps_pd(v23));
    const __m512 v0123 = _mm512_add_ps(_mm512_castpd_ps(low), _mm512_castpd_ps(high));
    _mm_storeu_ps(out, AddQuarters(v0123));
  }

 private:
  static __m128 AddQuarters(Vector v) {
    const __m256 two = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
    return _mm_add_ps(_mm256_castps256_ps128(two), _mm256_extractf128_ps(two, 1));
  }
};

struct F64 {
  using Vector = __m512d;
  static constexpr size_t kLanes = 8;

  static Vector Zero() { return _mm512_setzero_pd(); }
  static Vector Add(Vector a, Vector b) { return _mm512_add_pd(a, b); }
  static Vector Sub(Vector a, Vector b) { return _mm512_sub_pd(a, b); }
  static Vector Fma(Vector a, Vector b, Vector c) { return _mm512_fmadd_pd(a, b, c); }
  static Vector Load(const char* bytes) {
    return _mm512_cvtps_pd(_mm256_loadu_ps(reinterpret_cast<const float*>(bytes)));
  }
  static Vector LoadPart(const char* bytes, size_t count) {
    return _mm512_cvtps_pd(_mm256_maskz_loadu_ps(static_cast<__mmask8>((1u << count) - 1), bytes));
  }
  static Vector LoadWide(const double* values) { return _mm512_loadu_pd(values); }
  static double Sum(Vector v) {
    const __m256d four = _mm256_add_pd(_mm512_castpd512_pd256(v), _mm512_extractf64x4_pd(v, 1));
    const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd(four, 1));
    return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)));
  }
};

// What both sets have of packed codes: see packed_ops.h.
struct PackedLanes {
  static constexpr size_t kBytes = 64;
  using Sum = __m512i;
  using Codes = __m512i;
  using Query = __m512i;

  static Sum Zero() { return _mm512_setzero_si512(); }
  static Codes Load(const uint8_t* codes) { return _mm512_loadu_si512(codes); }
  static Codes LoadPart(const uint8_t* codes, size_t count) {
    return _mm512_maskz_loadu_epi8((__mmask64{1} << count) - 1, codes);
  }
  static Query LoadQuery(const int8_t* values) { return _mm512_loadu_si512(values); }
  static int32_t Total(Sum sum) { return _mm512_reduce_add_epi32(sum); }
  static void StoreTotals(const Sum (&v)[4], int32_t* out) {
    const __m512i v01 =
        _mm512_add_epi32(_mm512_unpacklo_epi32(v[0], v[1]), _mm512_unpackhi_epi32(v[0], v[1]));
    const __m512i v23 =
        _mm512_add_epi32(_mm512_unpacklo_epi32(v[2], v[3]), _mm512_unpackhi_epi32(v[2], v[3]));
    const __m512i v0123 =
        _mm512_add_epi32(_mm512_unpacklo_epi64(v01, v23), _mm512_unpackhi_epi64(v01, v23));
    const __m256i two =
        _mm256_add_epi32(_mm512_castsi512_si256(v0123), _mm512_extracti64x4_epi64(v0123, 1));
    const __m128i one =
        _mm_add_epi32(_mm256_castsi256_si128(two), _mm256_extracti128_si256(two, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), one);
  }
  // Bits kPlane * kBits and up of each byte. What shifting brings in from the next byte is cut off.
  template <int kBits, int kPlane>
  static Codes Plane(Codes codes) {
    if constexpr (kBits == 8) return codes;
    const __m512i mask = _mm512_set1_epi8((1 << kBits) - 1);
    return _mm512_and_si512(_mm512_srli_epi16(codes, kPlane * kBits), mask);
  }
};

void HalfToFloat(const uint16_t* in, size_t count, float* out) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m256i halves = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in + i));
    _mm512_storeu_ps(out + i, _mm512_cvtph_ps(halves));
  }
  if (i < count) {
    const __mmask16 rest = static_cast<__mmask16>((1u << (count - i)) - 1);
    _mm512_mask_storeu_ps(out + i, rest, _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(rest, in + i)));
  }
}

// 64 halves of codes, of 4 bits in 32 bytes: those of the first 32 dims are in the lower bits. See
// BlockInt8Rows.
inline __m512i LoadHalves(const int8_t* bytes) {
  const __m256i once = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
  const __m512i shifts = _mm512_inserti64x4(_mm512_setzero_si512(), _mm256_set1_epi16(4), 1);
  const __m512i shifted = _mm512_srlv_epi16(_mm512_broadcast_i64x4(once), shifts);
  return _mm512_and_si512(shifted, _mm512_set1_epi8(15));
}

// 64 codes from both of their halves.
inline __m512i JoinHalves(__m512i upper, __m512i lower) {
  const __m512i steps = _mm512_sub_epi8(_mm512_slli_epi16(upper, 4), upper);
  return _mm512_xor_si512(_mm512_add_epi8(steps, lower), _mm512_set1_epi8(-128));
}

}  // namespace
}  // namespace nestor::kernels

#endif  // NESTOR_ENGINE_KERNELS_SIMD_AVX512_H_
