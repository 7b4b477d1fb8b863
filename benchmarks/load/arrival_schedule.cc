#include "benchmarks/load/arrival_schedule.h"

#include <cmath>

namespace nestor::bench {

int64_t ArrivalSchedule::NextNs() {
  // A multiple and not a sum, so that rounding does not make the rate drift.
  if (arrivals_ == Arrivals::kUniform) {
    return static_cast<int64_t>(gap_ns_ * static_cast<double>(arrived_++));
  }
  // In (0, 1]: its logarithm is finite. Not std::exponential_distribution, which every library
  // computes in its own way.
  const double share = (static_cast<double>(random_() >> 11) + 1) * 0x1p-53;
  sum_ns_ -= gap_ns_ * std::log(share);
  return static_cast<int64_t>(sum_ns_);
}

}  // namespace nestor::bench
