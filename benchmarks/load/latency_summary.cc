#include "benchmarks/load/latency_summary.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace nestor::bench {
namespace {

constexpr double kPercentiles[] = {0, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99, 100};

// As Quantile, of values in ascending order. The rank is rounded down a little: 99.9 % of 1,000
// must not become the 1,000th because 0.999 has no exact double.
double At(const std::vector<double>& sorted, double percent) {
  const double rank = std::ceil(percent * static_cast<double>(sorted.size()) / 100 - 1e-9);
  return sorted[rank < 1 ? 0 : static_cast<size_t>(rank) - 1];
}

}  // namespace

LatencySummary Summarise(std::vector<double> latencies_ms) {
  LatencySummary summary;
  summary.count = latencies_ms.size();
  if (latencies_ms.empty()) return summary;
  std::sort(latencies_ms.begin(), latencies_ms.end());
  summary.p50 = At(latencies_ms, 50);
  summary.p90 = At(latencies_ms, 90);
  summary.p99 = At(latencies_ms, 99);
  summary.p999 = At(latencies_ms, 99.9);
  summary.max = latencies_ms.back();
  for (const double percent : kPercentiles) {
    summary.percentiles.emplace_back(percent, At(latencies_ms, percent));
  }
  return summary;
}

Json LatencyJson(const LatencySummary& summary) {
  if (summary.count == 0) {
    return {
        {"p50", nullptr}, {"p90", nullptr}, {"p99", nullptr}, {"p999", nullptr}, {"max", nullptr}};
  }
  return {{"p50", summary.p50},
          {"p90", summary.p90},
          {"p99", summary.p99},
          {"p999", summary.p999},
          {"max", summary.max}};
}

Json PercentilesJson(const LatencySummary& summary) {
  Json pairs = Json::array();
  for (const auto& [percent, ms] : summary.percentiles) {
    pairs.push_back(Json::array({percent, ms}));
  }
  return pairs;
}

}  // namespace nestor::bench
