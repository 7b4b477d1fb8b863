#ifndef NESTOR_BENCHMARKS_TRUTH_TRUTH_H_
#define NESTOR_BENCHMARKS_TRUTH_TRUTH_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "benchmarks/command_line.h"
#include "engine/metric.h"

namespace nestor::bench {

struct TruthOptions {
  std::string base;
  std::string queries;
  Metric metric = Metric::kCosine;
  uint32_t limit = 100;
  std::string out;    // .npy, .ivecs or .ibin
  std::string cache;  // a folder; empty: none
};

// $XDG_CACHE_HOME/nestor-bench, or ~/.cache/nestor-bench; empty when neither is known.
std::string DefaultCacheFolder();

// Finds the `limit` nearest rows of every query exactly, as benchmarks/truth/neighbour_finder.h
// does, and writes them with benchmarks/truth_file.h. The base is read block by block. What was
// found once for the same bytes of both files, metric and limit is taken from the cache; a cache
// that cannot be written is said and is no error.
//
// INVALID_ARGUMENT when the files differ in dims, the base has fewer rows than `limit` or more than
// int32 counts, a component is not finite, or, for cosine, a vector is zero; otherwise the errors
// of the readers and writers.
absl::Status FindTruth(const TruthOptions& options, Console& console);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_TRUTH_TRUTH_H_
