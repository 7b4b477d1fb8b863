#include "benchmarks/load/steady_state.h"

#include <algorithm>

namespace nestor::bench {

bool IsSteady(absl::Span<const double> medians) {
  if (medians.size() < kSteadyWindows) return false;
  const absl::Span<const double> last = medians.last(kSteadyWindows);
  const auto [low, high] = std::minmax_element(last.begin(), last.end());
  return *low > 0 && *high <= *low * (1 + kSteadySpread);
}

}  // namespace nestor::bench
