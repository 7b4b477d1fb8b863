#ifndef NESTOR_BENCHMARKS_LOAD_RUN_SUMMARY_H_
#define NESTOR_BENCHMARKS_LOAD_RUN_SUMMARY_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "benchmarks/load/latency_summary.h"
#include "benchmarks/load/measured_run.h"
#include "benchmarks/load/recall_estimate.h"
#include "benchmarks/load/run_validity.h"
#include "benchmarks/load/truth_set.h"

namespace nestor::bench {

// The calls of one kind.
struct KindSummary {
  uint64_t sent = 0;
  uint64_t errors = 0;
  LatencySummary latency;  // of those whose time counts: OperationRecord::timed
};

// What a run comes to.
struct RunSummary {
  double achieved_rate = 0;  // calls of all kinds that succeeded, a second
  std::array<KindSummary, kOperationKinds> kinds;
  std::map<std::string, uint64_t> errors;  // of all kinds, by the name of the code
  RecallEstimate recall;
  ClientConduct client;
  Invalidity invalidity;

  const LatencySummary& latency() const { return kinds[0].latency; }  // of the searches
  bool valid() const { return invalidity.reasons.empty(); }
  uint64_t error_count() const;
};

// A run and what it comes to, as reports have it.
struct ReportedRun {
  MeasuredRun run;
  RunSummary summary;
};

RunSummary SummariseRun(const MeasuredRun& run, const TruthSet& truth, const RunOptions& options);

// Runs that were made one after the other, and if there should have been more, why they ended.
struct ReportedRuns {
  std::vector<ReportedRun> runs = {};
  absl::Status ended = absl::OkStatus();
};

// Summarises and adds the next run. False: no other one may follow, and `ended` says why: it
// failed, or the collection is not any more what it was.
bool Append(absl::StatusOr<MeasuredRun> run, const TruthSet& truth, const RunOptions& options,
            ReportedRuns* reported);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_RUN_SUMMARY_H_
