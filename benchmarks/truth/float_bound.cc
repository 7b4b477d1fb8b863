#include "benchmarks/truth/float_bound.h"

#include <limits>

namespace nestor::bench {

FloatBound::FloatBound(Metric metric, size_t dims, double query_norm, double threshold) {
  const auto n = static_cast<double>(dims);
  const double float_error = n * 0x1p-24 / (1 - n * 0x1p-24);
  const double double_error = 8 * (n + 8) * 0x1p-53;  // of each sum, several times over
  constant_ = -n * double{std::numeric_limits<float>::min()};
  linear_ = -(float_error + double_error) * query_norm;
  switch (metric) {
    case Metric::kCosine:
      linear_ += threshold;
      break;
    case Metric::kDot:
      constant_ += threshold;
      break;
    case Metric::kL2:
      // The error of a squared distance is a share of (q + r)^2.
      constant_ +=
          (threshold + query_norm * query_norm) / 2 - double_error * query_norm * query_norm;
      linear_ -= 2 * double_error * query_norm;
      quadratic_ = 0.5 - double_error;
      break;
  }
}

bool FloatBound::Holds(double query_norm, double row_norm) {
  return query_norm * row_norm < double{std::numeric_limits<float>::max()} / 4;
}

}  // namespace nestor::bench
