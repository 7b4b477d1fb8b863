#ifndef NESTOR_BENCHMARKS_PAPER_PAPER_BENCHMARK_H_
#define NESTOR_BENCHMARKS_PAPER_PAPER_BENCHMARK_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "benchmarks/command_line.h"
#include "benchmarks/data_set.h"

namespace nestor::bench {

struct PaperOptions {
  DataSetOptions data;
  std::string labels;  // of the base and of the queries
  std::string query_labels;
  std::vector<size_t> dims;  // of the prefixes, ascending; empty: 8, 16, 32, ... and all dims
  uint32_t limit = 10;
  uint32_t shortlist = 200;
  uint32_t wall_clock_dims = 16;   // prefixes that are timed; one of the dims
  uint32_t scanned_queries = 100;  // that are timed where all rows are scanned; 0: nothing is timed
  int repeat = 3;
  int threads = 0;   // of experiments and of building, never of a timed search; 0: all processors
  std::string json;  // where document and chart go; empty: nowhere
  std::string svg;
};

// The experiments of the paper on Matryoshka representations (Kusupati et al., 2022) on labelled
// data, by cosine: exact search by every prefix, adaptive retrieval, funnels, adaptive
// classification, and what all that saves on a clock. Prints tables; the folder's headers say what
// is in them. Vectors are held once, at unit length, and once more by hnswlib while it is timed.
//
// INVALID_ARGUMENT when the files do not fit each other or the options; otherwise the errors of
// files, engine and hnswlib.
absl::Status RunPaper(const PaperOptions& options, Console& console);

// What the experiments use for `options`, checked: ascending, the last one `full_dims`.
// INVALID_ARGUMENT names the one that is not.
absl::StatusOr<std::vector<size_t>> ChoosePrefixes(const std::vector<size_t>& wanted,
                                                   size_t full_dims);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_PAPER_PAPER_BENCHMARK_H_
