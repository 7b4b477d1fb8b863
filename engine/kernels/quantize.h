#ifndef NESTOR_ENGINE_KERNELS_QUANTIZE_H_
#define NESTOR_ENGINE_KERNELS_QUANTIZE_H_

#include <cstddef>
#include <cstdint>

// What the encoders of rows and queries share: values to multiples of a scale, and a bound of what
// that loses. Internal to this folder. Only +, -, *, / and sqrt of float and double, in one fixed
// order and without contraction: the same bits on every processor.

namespace nestor::kernels {

// The scale at which the largest magnitude of values[0..count) is `limit`; 0 if that is too small
// for a float32.
float ScaleFor(const float* values, size_t count, int limit);

// A bound of what rounding to multiples of a scale loses: Bound() is at least the norm of the
// differences between values and approximations, whether an approximation is taken as multiple *
// scale exactly or rounded to float32.
class ErrorBound {
 public:
  static constexpr size_t kLanes = 8;  // sums side by side, for the compiler to do at once

  void Add(size_t lane, float value, double multiple, float scale) {
    const double approximation = multiple * scale;  // exact: 15 + 24 bits
    const double difference = value - approximation;
    errors_[lane] += difference * difference;
    squares_[lane] += approximation * approximation;
  }
  void Count(size_t values) { count_ += values; }
  float Bound() const;

 private:
  double errors_[kLanes] = {};
  double squares_[kLanes] = {};
  size_t count_ = 0;
};

// multiples[i] = the multiple of the scale nearest to values[i], or one next to it if two are about
// as near. For queries, which are prepared again and again. REQUIRES: scale >= kLeastFastScale; the
// multiples are within +-32767.
void QuantizeFast(const float* values, size_t count, float scale, int32_t* multiples);
inline constexpr float kLeastFastScale = 1e-30f;
// How far a value may be from multiple * scale, in scales, exactly or rounded to float32.
inline constexpr double kFastError = 0.51;

// multiples[i] = the multiple of the scale nearest to values[i], ties to even, within [-limit,
// limit]; all 0 if the scale is 0. What that loses goes into `bound`.
void Quantize(const float* values, size_t count, float scale, int limit, int32_t* multiples,
              ErrorBound* bound);

}  // namespace nestor::kernels

#endif  // NESTOR_ENGINE_KERNELS_QUANTIZE_H_
