// The table for any processor: vectors of the compiler, 128 bits, which it maps to whatever the
// target always has.

#include <cstddef>
#include <cstdint>

#include "engine/kernels/instruction_sets.h"
#include "engine/kernels/make_table.h"

namespace nestor::kernels {
namespace {

struct F32 {
  using Vector __attribute__((vector_size(16))) = float;
  static constexpr size_t kLanes = 4;
  static constexpr size_t kRowsTogether = 2;

  static Vector Zero() { return Vector{}; }
  static Vector Broadcast(float value) { return Vector{value, value, value, value}; }
  static Vector Add(Vector a, Vector b) { return a + b; }
  static Vector Sub(Vector a, Vector b) { return a - b; }
  static Vector Mul(Vector a, Vector b) { return a * b; }
  static Vector Fma(Vector a, Vector b, Vector c) { return a * b + c; }
  static Vector Load(const char* bytes) {
    Vector vector;
    __builtin_memcpy(&vector, bytes, sizeof(vector));
    return vector;
  }
  static Vector LoadPart(const char* bytes, size_t count) {
    Vector vector = Zero();
    __builtin_memcpy(&vector, bytes, count * sizeof(float));
    return vector;
  }
  static float Sum(Vector v) { return (v[0] + v[2]) + (v[1] + v[3]); }
  static void StoreSums(const Vector (&vectors)[4], float* out) {
    for (size_t k = 0; k < 4; ++k) out[k] = Sum(vectors[k]);
  }
};

struct F64 {
  using Vector __attribute__((vector_size(16))) = double;
  static constexpr size_t kLanes = 2;

  static Vector Zero() { return Vector{}; }
  static Vector Add(Vector a, Vector b) { return a + b; }
  static Vector Sub(Vector a, Vector b) { return a - b; }
  static Vector Fma(Vector a, Vector b, Vector c) { return a * b + c; }
  static Vector Load(const char* bytes) { return LoadPart(bytes, kLanes); }
  static Vector LoadPart(const char* bytes, size_t count) {
    float values[kLanes] = {};
    __builtin_memcpy(values, bytes, count * sizeof(float));
    return Vector{values[0], values[1]};
  }
  static Vector LoadWide(const double* values) { return Vector{values[0], values[1]}; }
  static double Sum(Vector v) { return v[0] + v[1]; }
};

struct Int8 {
  using Floats = F32;
  struct Query {
    int16_t values[kBlockDims];
  };
  struct Codes {
    int16_t values[kBlockDims];
  };

  static Query LoadQuery(const int8_t* high, const int8_t* low) {
    Query query;
    for (size_t i = 0; i < kBlockDims; ++i) {
      query.values[i] = static_cast<int16_t>(high[i] * 128 + low[i]);
    }
    return query;
  }
  static Codes LoadCodes(const int8_t* codes) {
    Codes wide;
    for (size_t i = 0; i < kBlockDims; ++i) wide.values[i] = int16_t{codes[i]};
    return wide;
  }
  static int16_t Join(int upper, int lower) {
    return static_cast<int16_t>(kUpperStep * upper + lower - 128);
  }
  static Codes LoadSplit(const int8_t* upper, const int8_t* lower) {
    Codes codes;
    for (size_t j = 0; j < kHalfBlockBytes; ++j) {
      codes.values[j] = Join(upper[j] & 15, lower[j] & 15);
      codes.values[kHalfBlockBytes + j] = Join(upper[j] >> 4 & 15, lower[j] >> 4 & 15);
    }
    return codes;
  }
  using Coarse = const int8_t*;
  static Coarse LoadCoarse(const int8_t* high) { return high; }
  static F32::Vector DotUpper(Coarse coarse, const int8_t* upper) {
    int32_t sum = 0;
    for (size_t j = 0; j < kHalfBlockBytes; ++j) {
      sum += coarse[j] * (upper[j] & 15) + coarse[kHalfBlockBytes + j] * (upper[j] >> 4 & 15);
    }
    return F32::Vector{static_cast<float>(sum), 0, 0, 0};
  }
  static F32::Vector Dot(const Query& query, const Codes& codes) {
    int32_t sum = 0;
    for (size_t i = 0; i < kBlockDims; ++i) sum += query.values[i] * codes.values[i];
    return F32::Vector{static_cast<float>(sum), 0, 0, 0};
  }
  static F32::Vector SquaredNorm(const Codes& codes) {
    int32_t sum = 0;
    for (size_t i = 0; i < kBlockDims; ++i) sum += codes.values[i] * codes.values[i];
    return F32::Vector{static_cast<float>(sum), 0, 0, 0};
  }

  using Plain = const int8_t*;
  using Sum = int32_t;
  static Plain LoadPlain(const int8_t* codes) { return codes; }
  static Sum NoSum() { return 0; }
  static Sum Add(Plain plain, const int8_t* codes, Sum sum) {
    for (size_t i = 0; i < kBlockDims; ++i) sum += int16_t{plain[i]} * int16_t{codes[i]};
    return sum;
  }
  static int32_t Total(Sum sum) { return sum; }
};

struct Packed {
  static constexpr size_t kBytes = kPackedBytes;
  using Sum = int32_t;
  using Codes = const uint8_t*;
  using Query = const int8_t*;

  static Sum Zero() { return 0; }
  static Codes Load(const uint8_t* codes) { return codes; }
  static Codes LoadPart(const uint8_t* codes, size_t) { return codes; }  // never: rows are whole
  static Query LoadQuery(const int8_t* values) { return values; }
  static int32_t Total(Sum sum) { return sum; }
  static void StoreTotals(const Sum (&sums)[4], int32_t* out) {
    for (size_t k = 0; k < 4; ++k) out[k] = sums[k];
  }
  template <int kBits>
  static Sum Add(Codes codes, const Query (&queries)[8 / kBits], Sum sum) {
    for (int plane = 0; plane < 8 / kBits; ++plane) {
      for (size_t i = 0; i < kBytes; ++i) {
        const int code = codes[i] >> (plane * kBits) & ((1 << kBits) - 1);
        sum += code * queries[plane][i];
      }
    }
    return sum;
  }
};

// The bits of the float32 that `half` means. Moved into place, the fields of a half are a float
// that is 2^112 times too small, subnormal or not. A NaN comes out quiet, as the processors' own
// instructions do it.
uint32_t FloatBits(uint32_t half) {
  constexpr uint32_t kInfinity = 0x7f800000;
  constexpr uint32_t kQuiet = 0x00400000;
  const uint32_t moved = (half & 0x7fff) << 13;
  float value;
  __builtin_memcpy(&value, &moved, sizeof(value));
  value *= 0x1p112f;
  uint32_t bits;
  __builtin_memcpy(&bits, &value, sizeof(bits));
  if ((half & 0x7c00) == 0x7c00) bits |= kInfinity;
  if ((half & 0x7fff) > 0x7c00) bits |= kQuiet;
  return bits | (half & 0x8000) << 16;
}

void HalfToFloat(const uint16_t* in, size_t count, float* out) {
  for (size_t i = 0; i < count; ++i) {
    const uint32_t bits = FloatBits(in[i]);
    __builtin_memcpy(out + i, &bits, sizeof(bits));
  }
}

}  // namespace

constinit const KernelTable kScalarKernels =
    MakeTable<F32, F64, Int8, Packed>("scalar", HalfToFloat);

}  // namespace nestor::kernels
