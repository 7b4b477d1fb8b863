#include "benchmarks/load/load_progress.h"

#include <gtest/gtest.h>

#include "tests/benchmarks/load/milliseconds.h"

namespace nestor::bench {
namespace {

OperationRecord Search(int64_t done_ms, int64_t took_ms, uint16_t found = 1) {
  OperationRecord record;
  record.intended_ns = record.sent_ns = (done_ms - took_ms) * kMs;
  record.done_ns = done_ms * kMs;
  record.found = found;
  return record;
}

TruthSet OneQuery() { return TruthSet({{{1, 2}, {}}}, 2, TruthSet::kNoChurn); }

TEST(LoadProgressTest, ShowsTheLastSecondAndTheRecallSoFar) {
  const TruthSet truth = OneQuery();
  RecentCalls calls(truth);
  calls.Add({Search(100, 50, 2), Search(900, 2, 1), Search(1500, 4, 2)}, 1600 * kMs);
  EXPECT_EQ(calls.answers_per_second(), 2);
  EXPECT_EQ(calls.p50_ms(), 2);
  EXPECT_EQ(calls.p99_ms(), 4);
  EXPECT_DOUBLE_EQ(*calls.recall(), 2.5 / 3);
  calls.ForgetRecall();
  EXPECT_FALSE(calls.recall().has_value());
}

TEST(LoadProgressTest, ErrorsAndWritesHaveNoRecall) {
  const TruthSet truth = OneQuery();
  RecentCalls calls(truth);
  OperationRecord failed = Search(100, 1);
  failed.code = static_cast<uint8_t>(absl::StatusCode::kInternal);
  OperationRecord write = Search(100, 1);
  write.kind = OperationKind::kUpsert;
  calls.Add({failed, write}, 200 * kMs);
  EXPECT_FALSE(calls.recall().has_value());
  EXPECT_EQ(calls.answers_per_second(), 1);
  EXPECT_EQ(calls.p50_ms(), 0);
}

TEST(LoadProgressTest, ALogGetsAPlainLineEveryFiveSeconds) {
  const absl::Time start = absl::FromUnixSeconds(1000);
  const TruthSet truth = OneQuery();
  RecentCalls calls(truth);
  calls.Add({Search(900, 3, 1)}, 1000 * kMs);
  LoadProgress progress(ProgressStyle::kLines, start);
  EXPECT_FALSE(progress.Due(start + absl::Seconds(4)));
  const absl::Time now = start + absl::Seconds(5);
  ASSERT_TRUE(progress.Due(now));
  EXPECT_EQ(progress.Show("measuring", calls, absl::Milliseconds(8100), now),
            "measuring  1/s  p50 3.00 ms  p99 3.00 ms  recall 0.5000  9 s left\n");
  EXPECT_FALSE(progress.Due(now + absl::Seconds(4)));
  EXPECT_EQ(progress.Finish(), "");
}

TEST(LoadProgressTest, ATerminalGetsOneLineThatIsDrawnAgainAndCleared) {
  const absl::Time start = absl::FromUnixSeconds(1000);
  const TruthSet truth = OneQuery();
  RecentCalls calls(truth);
  LoadProgress progress(ProgressStyle::kBar, start);
  EXPECT_EQ(progress.Finish(), "");
  ASSERT_TRUE(progress.Due(start + absl::Milliseconds(250)));
  EXPECT_EQ(progress.Show("warming up", calls, -absl::Seconds(1), start),
            "\r\x1b[Kwarming up  0/s  p50 0.00 ms  p99 0.00 ms  0 s left");
  EXPECT_EQ(progress.Finish(), "\r\x1b[K");
  EXPECT_EQ(progress.Finish(), "");
}

}  // namespace
}  // namespace nestor::bench
