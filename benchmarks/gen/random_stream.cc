#include "benchmarks/gen/random_stream.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace nestor::bench {
namespace {

constexpr size_t kPairs =
    128;  // in one go: what the loops below pass on stays in first-level cache

struct Pairs {
  uint32_t radius_bits[kPairs];
  uint32_t angle_bits[kPairs];
  float first[kPairs];
  float second[kPairs];
};

// The natural logarithm of a normal number: exponent and mantissa m in [sqrt(1/2), sqrt(2)), then
// ln m = 2 artanh((m - 1) / (m + 1)).
inline float Log(float x) {
  constexpr int32_t kSqrtHalfBits = 0x3F3504F3;
  const auto bits = std::bit_cast<int32_t>(x);
  const int32_t exponent = (bits - kSqrtHalfBits) >> 23;
  const float mantissa = std::bit_cast<float>(bits - (exponent << 23));
  const float t = (mantissa - 1.0F) / (mantissa + 1.0F);
  const float t2 = t * t;
  const float series = t * (2.0F + t2 * (2.0F / 3 + t2 * (2.0F / 5 + t2 * (2.0F / 7))));
  return static_cast<float>(exponent) * 0.69314718F + series;
}

// Taylor series for |x| <= pi / 4.
inline float Sin(float x) {
  const float x2 = x * x;
  return x * (1.0F - x2 * (1.0F / 6 - x2 * (1.0F / 120 - x2 * (1.0F / 5040 - x2 / 362880))));
}

inline float Cos(float x) {
  const float x2 = x * x;
  return 1.0F - x2 * (0.5F - x2 * (1.0F / 24 - x2 * (1.0F / 720 - x2 / 40320)));
}

// A point in the plane: its distance from the radius bits, its direction from the angle bits, two
// of which choose the quarter of the circle.
void BoxMuller(Pairs& pairs) {
  for (size_t i = 0; i < kPairs; ++i) {
    const auto steps = static_cast<int32_t>(pairs.radius_bits[i] >> 8);
    const float uniform = (static_cast<float>(steps) + 0.5F) * 0x1p-24F;
    const float radius = std::sqrt(-2.0F * Log(uniform));
    const auto part = static_cast<int32_t>((pairs.angle_bits[i] << 2) >> 8);
    const float angle = (static_cast<float>(part) * 0x1p-24F - 0.5F) * 1.57079633F;
    const float sine = Sin(angle);
    const float cosine = Cos(angle);
    const bool quarter_turn = (pairs.angle_bits[i] & 0x40000000U) != 0;
    const bool half_turn = (pairs.angle_bits[i] & 0x80000000U) != 0;
    const float length = half_turn ? -radius : radius;
    pairs.first[i] = length * (quarter_turn ? -sine : cosine);
    pairs.second[i] = length * (quarter_turn ? cosine : sine);
  }
}

}  // namespace

void FillNormals(const RandomStream& stream, uint64_t first_place, size_t count, float* out) {
  Pairs pairs;
  for (size_t done = 0; done < count; done += 2 * kPairs, first_place += kPairs) {
    for (size_t i = 0; i < kPairs; ++i) {
      const uint64_t bits = stream.Bits(first_place + i);
      pairs.radius_bits[i] = static_cast<uint32_t>(bits >> 32);
      pairs.angle_bits[i] = static_cast<uint32_t>(bits);
    }
    BoxMuller(pairs);
    const size_t first = std::min(kPairs, count - done);
    const size_t second = std::min(kPairs, count - done - first);
    std::copy(pairs.first, pairs.first + first, out + done);
    std::copy(pairs.second, pairs.second + second, out + done + first);
  }
}

}  // namespace nestor::bench
