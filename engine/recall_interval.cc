#include "engine/recall_interval.h"

#include <algorithm>
#include <cmath>

namespace nestor {

RecallInterval IntervalOfRecall(double recall, size_t searches) {
  if (searches == 0) return {};
  constexpr double kDeviations = 1.959964;  // of a normal distribution: 95 % are within
  constexpr double kSquare = kDeviations * kDeviations;
  const auto n = static_cast<double>(searches);
  const double middle = (recall + kSquare / (2 * n)) / (1 + kSquare / n);
  const double half = kDeviations / (1 + kSquare / n) *
                      std::sqrt(recall * (1 - recall) / n + kSquare / (4 * n * n));
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

}  // namespace nestor
