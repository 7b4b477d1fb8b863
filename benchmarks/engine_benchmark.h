#ifndef NESTOR_BENCHMARKS_ENGINE_BENCHMARK_H_
#define NESTOR_BENCHMARKS_ENGINE_BENCHMARK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "benchmarks/baselines.h"
#include "benchmarks/command_line.h"
#include "benchmarks/data_set.h"
#include "engine/collection_spec.h"

namespace nestor::bench {

struct EngineBenchmarkOptions {
  DataSetOptions data;
  std::string truth;   // true neighbours (benchmarks/truth_file.h); empty: found by brute force
  std::string labels;  // of the base and of the queries; both or none
  std::string query_labels;
  uint32_t limit = 10;
  int repeat = 3;
  bool adaptive = true;  // false: no adaptive searches of ours, and no calibration for them
  std::vector<double> recall_targets = {0.90, 0.95, 0.99};
  // Stages over so many dims that keep so many rows: each is measured after each shortlist of ours.
  std::vector<uint32_t> stage_dims;
  std::vector<uint32_t> stage_keeps;
  std::vector<Baseline> baselines = {Baseline::kExact, Baseline::kHnswFull, Baseline::kHnswPrefix,
                                     Baseline::kIvfPrefix};
  std::vector<IndexKind> indexes = {IndexKind::kHnsw, IndexKind::kIvf, IndexKind::kFlat};
  CollectionSpec spec;              // of ours: metric, prefix; name, dims and index are filled in
  size_t baseline_prefix_dims = 0;  // 0: as many as ours
  int build_threads = 1;
  // So many queries at the end of the file are not measured: ours is calibrated by them.
  size_t calibrate = 0;
  bool estimated_scores = false;  // ours once more, without vectors that are read for scores alone
  size_t batch = 1;               // > 1: ours once more, so many queries at a time
  std::string json;               // where the document goes; empty: nowhere
};

// Our engine with each kind of index beside its baselines, in this process, one search thread:
// prints machine and data, then a table of all systems and settings, then what each costs at our
// recall and, with labels, at our mAP. Everything is built before the first search is timed. Our
// exact search is measured beside the `exact` baseline only.
//
// INVALID_ARGUMENT when the files do not fit each other or the options, and when the neighbours in
// `truth` are not those that an exact scan finds; otherwise the errors of files, engine, hnswlib
// and FAISS.
absl::Status RunEngineBenchmark(const EngineBenchmarkOptions& options, Console& console);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_ENGINE_BENCHMARK_H_
