#include "benchmarks/load/run_summary.h"

#include <gtest/gtest.h>

#include "tests/benchmarks/load/milliseconds.h"

namespace nestor::bench {
namespace {

OperationRecord Record(OperationKind kind, int64_t took_ms, absl::StatusCode code,
                       uint16_t found = 0) {
  OperationRecord record;
  record.intended_ns = 1000 * kMs;
  record.sent_ns = record.intended_ns + kMs / 2;
  record.done_ns = record.intended_ns + took_ms * kMs;
  record.kind = kind;
  record.code = static_cast<uint8_t>(code);
  record.found = found;
  return record;
}

OperationRecord Skipped(absl::StatusCode code) {
  OperationRecord record = Record(OperationKind::kSearch, 0, code);
  record.sent_ns = OperationRecord::kNotSent;
  return record;
}

TruthSet OneQuery() { return TruthSet({{{1, 2}, {}}}, 2, TruthSet::kNoChurn); }

MeasuredRun TwoSeconds(std::vector<OperationRecord> records) {
  MeasuredRun run{.pace = OpenPace{10}};
  run.begin_ns = 1000 * kMs;
  run.end_ns = 3000 * kMs;
  run.records = std::move(records);
  run.answered = 6;
  return run;
}

TEST(RunSummaryTest, CountsEveryKindByItself) {
  const RunSummary summary =
      SummariseRun(TwoSeconds({Record(OperationKind::kSearch, 10, absl::StatusCode::kOk, 2),
                               Record(OperationKind::kSearch, 20, absl::StatusCode::kOk, 1),
                               Record(OperationKind::kUpsert, 5, absl::StatusCode::kOk),
                               Record(OperationKind::kDelete, 7, absl::StatusCode::kInternal)}),
                   OneQuery(), {});
  EXPECT_EQ(summary.achieved_rate, 3);
  EXPECT_EQ(summary.latency().count, 2U);
  EXPECT_EQ(summary.latency().max, 20);
  EXPECT_EQ(summary.kinds[1].sent, 1U);
  EXPECT_EQ(summary.kinds[1].latency.p50, 5);
  EXPECT_EQ(summary.kinds[2].errors, 1U);
  EXPECT_EQ(summary.kinds[2].latency.count, 0U);
  EXPECT_EQ(summary.errors, (std::map<std::string, uint64_t>{{"INTERNAL", 1}}));
  EXPECT_DOUBLE_EQ(summary.recall.mean, 0.75);
  EXPECT_EQ(summary.recall.count, 2U);
}

TEST(RunSummaryTest, AnErrorHasNoLatencyUnlessItRanOutOfTime) {
  const RunSummary summary = SummariseRun(
      TwoSeconds({Record(OperationKind::kSearch, 1, absl::StatusCode::kUnavailable),
                  Record(OperationKind::kSearch, 2, absl::StatusCode::kOk, 2),
                  Record(OperationKind::kSearch, 10'000, absl::StatusCode::kDeadlineExceeded)}),
      OneQuery(), {});
  EXPECT_EQ(summary.latency().count, 2U);
  EXPECT_EQ(summary.latency().max, 10'000);
  EXPECT_EQ(summary.error_count(), 2U);
  EXPECT_EQ(summary.recall.count, 1U);
}

TEST(RunSummaryTest, SkippedCallsAreNeitherErrorsNorLatenciesAndMakeTheRunInvalid) {
  const RunSummary summary =
      SummariseRun(TwoSeconds({Record(OperationKind::kSearch, 30, absl::StatusCode::kOk, 2),
                               Skipped(OperationRecord::kCrowded), Skipped(OperationRecord::kLate),
                               Skipped(OperationRecord::kLate)}),
                   OneQuery(), {});
  EXPECT_EQ(summary.kinds[0].sent, 1U);
  EXPECT_EQ(summary.error_count(), 0U);
  EXPECT_EQ(summary.client.crowded, 1U);
  EXPECT_EQ(summary.client.late, 2U);
  EXPECT_EQ(summary.client.lag.count, 1U);
  EXPECT_FALSE(summary.valid());
  EXPECT_EQ(summary.invalidity.reasons.size(), 2U);
}

TEST(RunSummaryTest, AClosedLoopHasNoScheduleToFallBehind) {
  MeasuredRun run = TwoSeconds({Record(OperationKind::kSearch, 1, absl::StatusCode::kOk, 2)});
  run.records[0].sent_ns += 1000 * kMs;
  EXPECT_FALSE(SummariseRun(run, OneQuery(), {}).valid());
  run.pace = ClosedPace{1};
  EXPECT_TRUE(SummariseRun(run, OneQuery(), {}).valid());
}

TEST(RunSummaryTest, AClosedLoopWithoutAnyAnswerIsNotValid) {
  MeasuredRun run =
      TwoSeconds({Record(OperationKind::kSearch, 1, absl::StatusCode::kResourceExhausted),
                  Record(OperationKind::kUpsert, 1, absl::StatusCode::kOk)});
  run.pace = ClosedPace{1};
  const RunSummary summary = SummariseRun(run, OneQuery(), {});
  EXPECT_FALSE(summary.valid());
  EXPECT_EQ(summary.invalidity.reasons, std::vector<std::string>{"no search was answered"});
}

}  // namespace
}  // namespace nestor::bench
