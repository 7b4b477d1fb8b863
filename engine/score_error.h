#ifndef NESTOR_ENGINE_SCORE_ERROR_H_
#define NESTOR_ENGINE_SCORE_ERROR_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "engine/metric.h"

// From what a kernel computed to a score and a bound of its error. Pure arithmetic.

namespace nestor {

struct BoundedScore {
  float score;
  float error;
};

// The worst relative error of a float32 dot product of `dims` terms in any order of summation,
// relative to the product of the norms (Higham, Accuracy and Stability of Numerical
// Algorithms, 3.1), with room for the few operations around it.
inline double DotRounding(size_t dims) {
  return (static_cast<double>(dims) + 8) * std::numeric_limits<float>::epsilon();
}

// The same in one product of about 100,000, the errors of single operations having either sign
// (Higham and Mary, A new approach to probabilistic rounding error analysis, 2019): with the square
// root of the terms.
inline constexpr double kLikelyDeviations = 5;
inline double LikelyDotRounding(size_t dims) {
  return kLikelyDeviations * std::sqrt(static_cast<double>(dims) + 8) *
         std::numeric_limits<float>::epsilon();
}

// `score` rounded to float, `error` widened so that score +- error, in float32 too, covers what it
// covered.
inline BoundedScore RoundOutward(double score, double error) {
  const double slack = 2 * (std::abs(score) + error) * std::numeric_limits<float>::epsilon();
  return {static_cast<float>(score),
          static_cast<float>(error + slack) + std::numeric_limits<float>::min()};
}

// Inner products: |exact - dot| <= dot_error.
inline BoundedScore BoundDot(double dot, double dot_error) { return RoundOutward(dot, dot_error); }

// Distances: `squared` is the computed |q - y|^2 for a stand-in y with |x - y| <= residual, wrong
// by at most squared_error. |q - x| then lies within residual of |q - y|.
inline BoundedScore BoundL2(double squared, double squared_error, double residual) {
  const double low = std::max(0.0, std::sqrt(std::max(0.0, squared - squared_error)) - residual);
  const double high = std::sqrt(std::max(0.0, squared) + squared_error) + residual;
  return RoundOutward(-(low + high) / 2, (high - low) / 2);
}

}  // namespace nestor

#endif  // NESTOR_ENGINE_SCORE_ERROR_H_
