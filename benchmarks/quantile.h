#ifndef NESTOR_BENCHMARKS_QUANTILE_H_
#define NESTOR_BENCHMARKS_QUANTILE_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace nestor::bench {

// The smallest value that at least a share `q` of all values does not exceed: 0.5 is the (lower)
// median, 0.99 the 99th percentile. REQUIRES: values is not empty, 0 <= q <= 1.
inline double Quantile(std::vector<double> values, double q) {
  const double rank = std::ceil(q * static_cast<double>(values.size()));
  const size_t index = rank < 1 ? 0 : static_cast<size_t>(rank) - 1;
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(index);
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_QUANTILE_H_
