#include "engine/recall_alarm.h"

#include <algorithm>
#include <numeric>

namespace nestor {

bool RecallAlarm::Add(double recall, double target) {
  // Between -1 and target / (1 - target), and 0 on average if the recall is what was asked for.
  const double gain = (target - recall) / (1 - target);
  for (size_t i = 0; i < kBets.size(); ++i) {
    // Where it has long overflowed the threshold, it need not overflow the number.
    wealth_[i] = std::min(1e100, (1 + wealth_[i]) * (1 + kBets[i] * gain));
  }
  const double sum = std::accumulate(wealth_.begin(), wealth_.end(), 0.0);
  return sum >= kThreshold * static_cast<double>(kBets.size());
}

}  // namespace nestor
