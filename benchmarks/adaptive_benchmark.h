#ifndef NESTOR_BENCHMARKS_ADAPTIVE_BENCHMARK_H_
#define NESTOR_BENCHMARKS_ADAPTIVE_BENCHMARK_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "benchmarks/command_line.h"
#include "engine/collection_spec.h"
#include "engine/metric.h"

namespace nestor::bench {

struct AdaptiveBenchmarkOptions {
  // As many of each. Several make a mixture: rows one file after the other, queries taking turns.
  std::vector<std::string> bases;
  std::vector<std::string> queries;
  uint64_t rows = 0;  // of each base; 0: all
  Metric metric = Metric::kCosine;
  IndexKind index = IndexKind::kHnsw;
  uint32_t limit = 10;
  std::vector<double> recall_targets = {0.80, 0.90, 0.95, 0.98, 0.99};
  size_t calibrate = 1128;  // of the queries, which are not measured
  int repeat = 3;
  int build_threads = 1;
  std::string json;  // where the document goes; empty: nowhere
};

// Whether adaptive searches keep what they promise, and at what price: an engine in this process,
// one search thread, calibrated by some of the queries; the others are searched for at each target,
// and by fixed plans, the cheapest of which that finds the target is what hindsight would have
// chosen. Prints machine, data and a line for each target.
//
// INVALID_ARGUMENT when files and options do not fit each other; otherwise the errors of files and
// engine.
absl::Status RunAdaptiveBenchmark(const AdaptiveBenchmarkOptions& options, Console& console);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_ADAPTIVE_BENCHMARK_H_
