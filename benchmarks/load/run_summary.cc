#include "benchmarks/load/run_summary.h"

#include <utility>
#include <vector>

#include "benchmarks/load/open_loop.h"

namespace nestor::bench {
namespace {

KindSummary SummariseKind(const std::vector<OperationRecord>& records, OperationKind kind) {
  KindSummary summary;
  std::vector<double> latencies_ms;
  for (const OperationRecord& record : records) {
    if (record.kind != kind || record.skipped()) continue;
    ++summary.sent;
    if (!record.ok()) ++summary.errors;
    if (record.timed()) latencies_ms.push_back(record.latency_ms());
  }
  summary.latency = Summarise(std::move(latencies_ms));
  return summary;
}

std::map<std::string, uint64_t> CountErrors(const std::vector<OperationRecord>& records) {
  std::map<std::string, uint64_t> errors;
  for (const OperationRecord& record : records) {
    if (record.skipped() || record.ok()) continue;
    ++errors[absl::StatusCodeToString(record.status_code())];
  }
  return errors;
}

RecallEstimate SummariseRecall(const std::vector<OperationRecord>& records, const TruthSet& truth,
                               uint64_t seed) {
  std::vector<QueryRecall> queries(truth.queries());
  for (const OperationRecord& record : records) {
    if (record.kind != OperationKind::kSearch || !record.ok()) continue;
    if (truth.wanted(record.query) == 0) continue;
    queries[record.query].sum += truth.Recall(record.query, record.found);
    ++queries[record.query].count;
  }
  return EstimateRecall(queries, seed);
}

ClientConduct SummariseClient(const std::vector<OperationRecord>& records,
                              const RunOptions& options) {
  ClientConduct client{.lag = {}, .max_in_flight = options.max_in_flight, .give_up = kGiveUpLag};
  std::vector<double> lags_ms;
  for (const OperationRecord& record : records) {
    if (!record.skipped()) {
      lags_ms.push_back(record.lag_ms());
    } else if (record.status_code() == OperationRecord::kCrowded) {
      ++client.crowded;
    } else {
      ++client.late;
    }
  }
  client.lag = Summarise(std::move(lags_ms));
  return client;
}

}  // namespace

uint64_t RunSummary::error_count() const {
  uint64_t count = 0;
  for (const auto& [name, errors] : errors) count += errors;
  return count;
}

RunSummary SummariseRun(const MeasuredRun& run, const TruthSet& truth, const RunOptions& options) {
  RunSummary summary;
  summary.achieved_rate = static_cast<double>(run.answered) / run.seconds();
  for (size_t i = 0; i < kOperationKinds; ++i) {
    summary.kinds[i] = SummariseKind(run.records, static_cast<OperationKind>(i));
  }
  summary.errors = CountErrors(run.records);
  summary.recall = SummariseRecall(run.records, truth, options.seed);
  summary.client = SummariseClient(run.records, options);
  const uint64_t answered = summary.kinds[0].sent - summary.kinds[0].errors;
  summary.invalidity =
      run.open() ? JudgeRun(summary.client, summary.latency(), answered) : JudgeClosedRun(answered);
  return summary;
}

bool Append(absl::StatusOr<MeasuredRun> run, const TruthSet& truth, const RunOptions& options,
            ReportedRuns* reported) {
  reported->ended = run.ok() ? run->restored : run.status();
  if (!run.ok()) return false;
  RunSummary summary = SummariseRun(*run, truth, options);
  reported->runs.push_back({*std::move(run), std::move(summary)});
  return reported->ended.ok();
}

}  // namespace nestor::bench
