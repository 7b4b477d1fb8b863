#ifndef NESTOR_BENCHMARKS_FILTERS_BENCHMARK_H_
#define NESTOR_BENCHMARKS_FILTERS_BENCHMARK_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "benchmarks/command_line.h"
#include "benchmarks/data_set.h"
#include "benchmarks/filter_fields.h"
#include "engine/collection_spec.h"

namespace nestor::bench {

struct FiltersBenchmarkOptions {
  DataSetOptions data;
  Metric metric = Metric::kCosine;
  std::vector<IndexKind> index_kinds = {IndexKind::kHnsw, IndexKind::kIvf};
  uint32_t limit = 10;
  double recall_target = 0.95;  // of adaptive search, and of the verdict
  int repeat = 5;
  size_t calibrate = 0;  // by the last queries, which are not measured; 0: by the careful rule
  std::vector<double> independent_shares = {0.5, 0.1, 0.01, 0.001, 0.0001};
  std::vector<double> region_shares = {0.9, 0.5, 0.1, 0.01};  // of near and of far filters
  FilterFieldsParams fields;
};

// Adaptive search under filters (benchmarks/filter_cases.h) on indexed payload fields
// (benchmarks/filter_fields.h), in this process, one search thread: prints machine and data, then a
// line for each kind of index and of filter, then which targets were missed. Beside adaptive
// search, alternating with it, run an exact search by the engine with the same filter, and our
// float32 loop over the rows that match, which gets their list for free, reads no store and makes
// no hits.
//
// InvalidArgumentError when files and options do not fit each other; InternalError when a hit does
// not satisfy its filter; otherwise the errors of files and engine.
absl::Status RunFiltersBenchmark(const FiltersBenchmarkOptions& options, Console& console);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_FILTERS_BENCHMARK_H_
