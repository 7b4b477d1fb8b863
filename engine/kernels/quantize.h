#ifndef NESTOR_ENGINE_KERNELS_QUANTIZE_H_
#define NESTOR_ENGINE_KERNELS_QUANTIZE_H_

#include <cstddef>

// What the encoders of rows and queries share: values to multiples of a scale, and a bound of what
// that loses. Internal to this folder. Only +, -, *, / and sqrt of float and double, in one fixed
// order and without contraction: the same bits on every processor.

namespace nestor::kernels {

// The scale at which the largest magnitude of values[0..count) is `limit`; 0 if that is too small
// for a float32.
float ScaleFor(const float* values, size_t count, int limit);

// The multiple of the scale nearest to a value, within [-limit, limit].
class Quantizer {
 public:
  // 0 as a scale makes every multiple 0.
  Quantizer(float scale, int limit) : inverse_(scale > 0 ? 1.0 / scale : 0), limit_(limit) {}

  int operator()(float value) const {
    const double scaled = value * inverse_;
    const double clamped = scaled > limit_ ? limit_ : scaled < -limit_ ? -limit_ : scaled;
    // Adding and taking away 1.5 * 2^52 leaves no room for a fraction: round to nearest, ties to
    // even.
    constexpr double kRounder = 6755399441055744.0;
    return static_cast<int>((clamped + kRounder) - kRounder);
  }

 private:
  double inverse_;
  double limit_;
};

// Collects pairs of a value and its approximation; Bound() is at least the norm of the differences,
// whether the approximation is taken as multiple * scale exactly or rounded to float32.
class ErrorBound {
 public:
  void Add(float value, int multiple, float scale) {
    const double approximation = static_cast<double>(multiple) * scale;  // exact: 15 + 24 bits
    const double difference = value - approximation;
    errors_ += difference * difference;
    squares_ += approximation * approximation;
    ++count_;
  }
  float Bound() const;

 private:
  double errors_ = 0;
  double squares_ = 0;
  size_t count_ = 0;
};

}  // namespace nestor::kernels

#endif  // NESTOR_ENGINE_KERNELS_QUANTIZE_H_
