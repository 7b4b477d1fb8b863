#ifndef NESTOR_BENCHMARKS_BUILD_BENCHMARK_H_
#define NESTOR_BENCHMARKS_BUILD_BENCHMARK_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "benchmarks/command_line.h"
#include "engine/metric.h"

namespace nestor::bench {

struct BuildBenchmarkOptions {
  std::string base;
  uint64_t rows = 0;  // 0: all
  Metric metric = Metric::kCosine;
  uint32_t prefix_dims = 112;          // ours; fewer if the vectors have fewer
  uint32_t baseline_prefix_dims = 64;  // of float32; the same
  int threads = 1;
  int repeat = 3;
};

// Builds graph and lists in memory as merges do, from int8 rows, and those of hnswlib and FAISS
// over float32 prefixes, in turn, and prints what each takes. No store, no files, no choice of
// codes.
absl::Status RunBuildBenchmark(const BuildBenchmarkOptions& options, Console& console);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_BUILD_BENCHMARK_H_
