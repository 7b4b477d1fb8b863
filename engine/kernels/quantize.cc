#include "engine/kernels/quantize.h"

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

}  // namespace

float ScaleFor(const float* values, size_t count, int limit) {
  float largest = 0;
  for (size_t i = 0; i < count; ++i) {
    const float magnitude = std::fabs(values[i]);
    largest = magnitude > largest ? magnitude : largest;
  }
  const float scale = largest / static_cast<float>(limit);
  const bool overflows = static_cast<double>(scale) * limit > std::numeric_limits<float>::max();
  return overflows ? std::nextafter(scale, 0.0f) : scale;
}

float ErrorBound::Bound() const {
  // Rounding an approximation to float32 moves it by at most 2^-24 of itself: a multiple of a scale
  // is never subnormal and inexact. The last factor is more than what the double sums, squares and
  // roots can have lost.
  const double exact = std::sqrt(errors_) + std::ldexp(std::sqrt(squares_), -24);
  return RoundUp(exact * (1 + std::ldexp(static_cast<double>(count_ + 8), -52)));
}

}  // namespace nestor::kernels
