#ifndef NESTOR_BENCHMARKS_TRUTH_FLOAT_BOUND_H_
#define NESTOR_BENCHMARKS_TRUTH_FLOAT_BOUND_H_

#include <cstddef>

#include "engine/metric.h"

namespace nestor::bench {

// What a dot product in float must reach for a row to be worth its score in double: any row whose
// score in double is at least `threshold` reaches it. For a query of norm q and rows of norm r the
// least dot product is
//
//   cosine  threshold * r        dot  threshold        L2  (threshold + q^2 + r^2) / 2
//
// and is lowered by what rounding may have taken away. A sum of n products in float, in any order
// and fused or not, is off by at most n u / (1 - n u) * q * r with u = 2^-24 (Higham, "Accuracy and
// Stability of Numerical Algorithms", 3.1), plus what underflows; sums in double likewise with u =
// 2^-53, and they go into scores, norms and this bound.
//
// Thread safety: immutable.
class FloatBound {
 public:
  FloatBound(Metric metric, size_t dims, double query_norm, double threshold);

  double LeastDot(double row_norm) const {
    return constant_ + row_norm * (linear_ + row_norm * quadratic_);
  }

  // False when sums in float may overflow, for rows of at most `row_norm`: then the bound says
  // nothing.
  static bool Holds(double query_norm, double row_norm);

 private:
  double constant_ = 0;
  double linear_ = 0;
  double quadratic_ = 0;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_TRUTH_FLOAT_BOUND_H_
