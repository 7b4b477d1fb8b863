#include "engine/kernels/quantize.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nestor::kernels {
namespace {

// The smallest float32 that is not below `value`. REQUIRES: value >= 0.
float RoundUp(double value) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if (value > std::numeric_limits<float>::max()) return kInfinity;
  const float rounded = static_cast<float>(value);
  return rounded < value ? std::nextafter(rounded, kInfinity) : rounded;
}

float LargestMagnitude(const float* values, size_t count) {
  constexpr size_t kLanes = 8;
  float largest[kLanes] = {};
  const auto look = [&](size_t i, size_t lane) {
    const float magnitude = std::fabs(values[i]);
    largest[lane] = magnitude > largest[lane] ? magnitude : largest[lane];
  };
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) look(i + lane, lane);
  }
  for (size_t lane = 0; i < count; ++i, ++lane) look(i, lane);
  return *std::max_element(largest, largest + kLanes);
}

}  // namespace

float ScaleFor(const float* values, size_t count, int limit) {
  const float largest = LargestMagnitude(values, count);
  const float scale = largest / static_cast<float>(limit);
  const bool overflows = static_cast<double>(scale) * limit > std::numeric_limits<float>::max();
  return overflows ? std::nextafter(scale, 0.0f) : scale;
}

void Quantize(const float* values, size_t count, float scale, int limit, int32_t* multiples,
              ErrorBound* bound) {
  constexpr size_t kLanes = ErrorBound::kLanes;
  const double inverse = scale > 0 ? 1.0 / scale : 0;
  const double most = limit;
  ErrorBound sums = *bound;  // here the compiler knows that nothing else changes it
  const auto add = [&](size_t i, size_t lane) {
    const double scaled = values[i] * inverse;
    const double clamped = scaled > most ? most : scaled < -most ? -most : scaled;
    // Adding and taking away 1.5 * 2^52 leaves no room for a fraction: round to nearest.
    constexpr double kRounder = 6755399441055744.0;
    const double multiple = (clamped + kRounder) - kRounder;
    multiples[i] = static_cast<int32_t>(multiple);
    sums.Add(lane, values[i], multiple, scale);
  };
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) add(i + lane, lane);
  }
  for (size_t lane = 0; i < count; ++i, ++lane) add(i, lane);
  sums.Count(count);
  *bound = sums;
}

void QuantizeFast(const float* values, size_t count, float scale, int32_t* multiples) {
  const float inverse = 1 / scale;
  constexpr float kRounder = 12582912.0f;  // 1.5 * 2^23
  for (size_t i = 0; i < count; ++i) {
    multiples[i] = static_cast<int32_t>((values[i] * inverse + kRounder) - kRounder);
  }
}

float ErrorBound::Bound() const {
  double errors = 0, squares = 0;
  for (size_t lane = 0; lane < kLanes; ++lane) {
    errors += errors_[lane];
    squares += squares_[lane];
  }
  // Rounding an approximation to float32 moves it by at most 2^-24 of itself: a multiple of a scale
  // is never subnormal and inexact. The last factor is more than what the double sums, squares and
  // roots can have lost.
  const double exact = std::sqrt(errors) + std::ldexp(std::sqrt(squares), -24);
  return RoundUp(exact * (1 + std::ldexp(static_cast<double>(count_ + 8), -52)));
}

}  // namespace nestor::kernels
