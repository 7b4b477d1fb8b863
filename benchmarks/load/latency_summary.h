#ifndef NESTOR_BENCHMARKS_LOAD_LATENCY_SUMMARY_H_
#define NESTOR_BENCHMARKS_LOAD_LATENCY_SUMMARY_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "client/json.h"

namespace nestor::bench {

// How long calls took, exactly: percentile p is the smallest time that at least p % of all calls
// did not exceed. No histogram rounds it.
struct LatencySummary {
  uint64_t count = 0;
  double p50 = 0;  // ms, as all of them; zeros when nothing was measured
  double p90 = 0;
  double p99 = 0;
  double p999 = 0;
  double max = 0;
  std::vector<std::pair<double, double>> percentiles;  // of 0, 50, 75, ... 100; empty if none
};

LatencySummary Summarise(std::vector<double> latencies_ms);

// {"p50":...,"p90":...,"p99":...,"p999":...,"max":...}, each null when nothing was measured.
Json LatencyJson(const LatencySummary& summary);
// [[0,ms],[50,ms],...,[100,ms]]
Json PercentilesJson(const LatencySummary& summary);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_LATENCY_SUMMARY_H_
