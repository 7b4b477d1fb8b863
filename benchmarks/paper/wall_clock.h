#ifndef NESTOR_BENCHMARKS_PAPER_WALL_CLOCK_H_
#define NESTOR_BENCHMARKS_PAPER_WALL_CLOCK_H_

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "benchmarks/engine_report.h"
#include "benchmarks/equal_recall.h"
#include "benchmarks/paper/adaptive_retrieval.h"

namespace nestor::bench {

struct WallClockOptions {
  size_t prefix_level = 0;       // of the shortlists
  size_t scanned_queries = 100;  // that are timed where all rows are scanned; the others: all
  int repeat = 3;
  int build_threads = 1;
  std::vector<double> recall_targets = {0.90, 0.95, 0.99};
};

// Times each query on one thread. The systems are those of `engine` (benchmarks/baselines.h,
// benchmarks/engine_methods.h), with prefixes of the length of prefix_level:
//
//   exact          a scan of whole vectors          what adaptive retrieval is compared with
//   hnsw_full      hnswlib on whole vectors
//   exact_prefix   a scan of prefixes in float32, the shortlist ranked at all dims
//   hnsw_prefix    hnswlib on prefixes, the same
//   nestor_hnsw, nestor_flat
//
// Recall is NeighbourRecall against exact search, over all queries, as mAP is. `task.base` holds
// vectors of unit length. Says on `log` what it builds, one after the other. The errors of engine
// and hnswlib.
absl::StatusOr<std::vector<ReportLine>> MeasureWallClock(const RetrievalTask& task,
                                                         const WallClockOptions& options,
                                                         std::ostream& log);

// The time that each system needs for a mAP, in the order of its first line.
struct SystemTime {
  std::string system;
  TimeAtRecall time;
};
std::vector<SystemTime> TimesAt(const std::vector<ReportLine>& lines, double average_precision);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_PAPER_WALL_CLOCK_H_
