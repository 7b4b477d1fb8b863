// The table for processors with AVX2, FMA and F16C: Intel since 2013, AMD since 2015.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "engine/kernels/instruction_sets.h"
#include "engine/kernels/make_table.h"

namespace nestor::kernels {
namespace {

// kMasks + 8 - n starts a mask of n lanes of ones, then zeros.
constexpr int32_t kMasks[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
const int32_t* Mask(size_t count) { return kMasks + 8 - count; }

const float* Floats(const char* bytes) { return reinterpret_cast<const float*>(bytes); }

struct F32 {
  using Vector = __m256;
  static constexpr size_t kLanes = 8;
  static constexpr size_t kRowsTogether = 2;

  static Vector Zero() { return _mm256_setzero_ps(); }
  static Vector Broadcast(float value) { return _mm256_set1_ps(value); }
  static Vector Add(Vector a, Vector b) { return _mm256_add_ps(a, b); }
  static Vector Sub(Vector a, Vector b) { return _mm256_sub_ps(a, b); }
  static Vector Mul(Vector a, Vector b) { return _mm256_mul_ps(a, b); }
  static Vector Fma(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
  static Vector Load(const char* bytes) { return _mm256_loadu_ps(Floats(bytes)); }
  static Vector LoadPart(const char* bytes, size_t count) {
    const __m256i mask = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(Mask(count)));
    return _mm256_maskload_ps(Floats(bytes), mask);
  }
  // Inside the two halves first, then across them: the order of StoreSums.
  static float Sum(Vector v) {
    const __m256 pairs = _mm256_hadd_ps(v, v);
    const __m256 halves = _mm256_hadd_ps(pairs, pairs);
    return _mm_cvtss_f32(AddHalves(halves));
  }
  static void StoreSums(const Vector (&v)[4], float* out) {
    const __m256 halves = _mm256_hadd_ps(_mm256_hadd_ps(v[0], v[1]), _mm256_hadd_ps(v[2], v[3]));
    _mm_storeu_ps(out, AddHalves(halves));
  }

 private:
  static __m128 AddHalves(Vector v) {
    return _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  }
};

struct F64 {
  using Vector = __m256d;
  static constexpr size_t kLanes = 4;

  static Vector Zero() { return _mm256_setzero_pd(); }
  static Vector Add(Vector a, Vector b) { return _mm256_add_pd(a, b); }
  static Vector Sub(Vector a, Vector b) { return _mm256_sub_pd(a, b); }
  static Vector Fma(Vector a, Vector b, Vector c) { return _mm256_fmadd_pd(a, b, c); }
  static Vector Load(const char* bytes) { return _mm256_cvtps_pd(_mm_loadu_ps(Floats(bytes))); }
  static Vector LoadPart(const char* bytes, size_t count) {
    const __m128i mask = _mm_loadu_si128(reinterpret_cast<const __m128i*>(Mask(count)));
    return _mm256_cvtps_pd(_mm_maskload_ps(Floats(bytes), mask));
  }
  static Vector LoadWide(const double* values) { return _mm256_loadu_pd(values); }
  static double Sum(Vector v) {
    const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd(v, 1));
    return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)));
  }
};

// 16-bit products: 128 * high + low fits int16, and vpmaddwd leaves 8 of the block's products in
// each lane.
struct Int8 {
  using Floats = F32;
  static constexpr size_t kParts = 4;  // of 16 dims
  struct Query {
    __m256i values[kParts];
  };
  struct Codes {
    __m128i parts[kParts];
  };

  static __m128i LoadPart(const int8_t* codes) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(codes));
  }
  static __m256i Widen(const int8_t* codes) { return _mm256_cvtepi8_epi16(LoadPart(codes)); }
  static Query LoadQuery(const int8_t* high, const int8_t* low) {
    Query query;
    for (size_t i = 0; i < kParts; ++i) {
      const __m256i shifted = _mm256_slli_epi16(Widen(high + 16 * i), 7);
      query.values[i] = _mm256_add_epi16(shifted, Widen(low + 16 * i));
    }
    return query;
  }
  static Codes LoadCodes(const int8_t* codes) {
    return {{LoadPart(codes), LoadPart(codes + 16), LoadPart(codes + 32), LoadPart(codes + 48)}};
  }
  // 64 halves of codes, of 4 bits in 32 bytes: those of the first 32 dims are in the lower bits.
  struct Halves {
    __m256i first, second;
  };
  static __m256i Load32(const int8_t* bytes) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
  }
  static Halves LoadHalves(const int8_t* bytes) {
    const __m256i mask = _mm256_set1_epi8(15);
    const __m256i both = Load32(bytes);
    return {_mm256_and_si256(both, mask), _mm256_and_si256(_mm256_srli_epi16(both, 4), mask)};
  }
  static __m256i Join(__m256i upper, __m256i lower) {
    const __m256i steps = _mm256_sub_epi8(_mm256_slli_epi16(upper, 4), upper);
    return _mm256_xor_si256(_mm256_add_epi8(steps, lower), _mm256_set1_epi8(-128));
  }
  static Codes LoadSplit(const int8_t* upper, const int8_t* lower) {
    const Halves uppers = LoadHalves(upper);
    const Halves lowers = LoadHalves(lower);
    const __m256i first = Join(uppers.first, lowers.first);
    const __m256i second = Join(uppers.second, lowers.second);
    return {{_mm256_castsi256_si128(first), _mm256_extracti128_si256(first, 1),
             _mm256_castsi256_si128(second), _mm256_extracti128_si256(second, 1)}};
  }
  // vpmaddubsw: at most 4 * 15 * 127 when two are added, far from its limit.
  struct Coarse {
    __m256i first, second;
  };
  static Coarse LoadCoarse(const int8_t* high) { return {Load32(high), Load32(high + 32)}; }
  static __m256 DotUpper(const Coarse& coarse, const int8_t* upper) {
    const Halves uppers = LoadHalves(upper);
    const __m256i pairs = _mm256_add_epi16(_mm256_maddubs_epi16(uppers.first, coarse.first),
                                           _mm256_maddubs_epi16(uppers.second, coarse.second));
    return _mm256_cvtepi32_ps(_mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
  }
  static __m256 Dot(const Query& query, const Codes& codes) {
    __m256i sum = _mm256_madd_epi16(query.values[0], _mm256_cvtepi8_epi16(codes.parts[0]));
    for (size_t i = 1; i < kParts; ++i) {
      const __m256i wide = _mm256_cvtepi8_epi16(codes.parts[i]);
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(query.values[i], wide));
    }
    return _mm256_cvtepi32_ps(sum);
  }
  static __m256 SquaredNorm(const Codes& codes) {
    __m256i sum = _mm256_setzero_si256();
    for (size_t i = 0; i < kParts; ++i) {
      const __m256i wide = _mm256_cvtepi8_epi16(codes.parts[i]);
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(wide, wide));
    }
    return _mm256_cvtepi32_ps(sum);
  }

  using Plain = Query;
  using Sum = __m256i;
  static Plain LoadPlain(const int8_t* codes) {
    Plain plain;
    for (size_t i = 0; i < kParts; ++i) plain.values[i] = Widen(codes + 16 * i);
    return plain;
  }
  static Sum NoSum() { return _mm256_setzero_si256(); }
  static Sum Add(const Plain& plain, const int8_t* codes, Sum sum) {
    for (size_t i = 0; i < kParts; ++i) {
      const __m256i products = _mm256_madd_epi16(plain.values[i], Widen(codes + 16 * i));
      sum = _mm256_add_epi32(sum, products);
    }
    return sum;
  }
  static int32_t Total(Sum sum) {
    __m128i total = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    total = _mm_add_epi32(total, _mm_shuffle_epi32(total, 0b01'00'11'10));
    total = _mm_add_epi32(total, _mm_shuffle_epi32(total, 0b10'11'00'01));
    return _mm_cvtsi128_si32(total);
  }
};

struct PackedPairs {
  static constexpr size_t kBytes = 32;
  using Sum = __m256i;
  using Codes = __m256i;
  using Query = __m256i;

  static Sum Zero() { return _mm256_setzero_si256(); }
  static Codes Load(const uint8_t* codes) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(codes));
  }
  // Half a vector, which is all that can be left.
  static Codes LoadPart(const uint8_t* codes, size_t) {
    return _mm256_zextsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(codes)));
  }
  static Query LoadQuery(const int8_t* values) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(values));
  }
  static int32_t Total(Sum sum) {
    const __m256i pairs = _mm256_hadd_epi32(sum, sum);
    return _mm_cvtsi128_si32(AddHalves(_mm256_hadd_epi32(pairs, pairs)));
  }
  static void StoreTotals(const Sum (&v)[4], int32_t* out) {
    const __m256i halves =
        _mm256_hadd_epi32(_mm256_hadd_epi32(v[0], v[1]), _mm256_hadd_epi32(v[2], v[3]));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), AddHalves(halves));
  }
  template <int kBits, int kPlane>
  static Codes Plane(Codes codes) {
    const __m256i mask = _mm256_set1_epi8((1 << kBits) - 1);
    return _mm256_and_si256(_mm256_srli_epi16(codes, kPlane * kBits), mask);
  }
  static Sum Products(Codes codes, Query query) { return _mm256_maddubs_epi16(codes, query); }
  static Sum Widen(Sum products, short weight) {
    return _mm256_madd_epi16(products, _mm256_set1_epi16(weight));
  }
  static Sum Add16(Sum a, Sum b) { return _mm256_add_epi16(a, b); }
  static Sum Add32(Sum a, Sum b) { return _mm256_add_epi32(a, b); }

 private:
  static __m128i AddHalves(Sum sum) {
    return _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  }
};

void HalfToFloat(const uint16_t* in, size_t count, float* out) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + i));
    _mm256_storeu_ps(out + i, _mm256_cvtph_ps(halves));
  }
  for (; i < count; ++i) _mm_store_ss(out + i, _mm_cvtph_ps(_mm_cvtsi32_si128(in[i])));
}

}  // namespace

constinit const KernelTable kAvx2Kernels =
    MakeTable<F32, F64, Int8, PackedFromPairs<PackedPairs>>("avx2", HalfToFloat);

}  // namespace nestor::kernels
