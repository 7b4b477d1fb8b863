#include "benchmarks/load/rate_probe.h"

#include <gtest/gtest.h>

namespace nestor::bench {
namespace {

constexpr RateGoal kGoal = {.p99 = absl::Milliseconds(20), .recall = 0.95};

RunSummary Good() {
  RunSummary summary;
  summary.kinds[0].latency = Summarise({1, 2, 19});
  summary.recall = {.count = 3, .mean = 0.96};
  return summary;
}

TEST(RateProbeTest, HoldsWhenAllIsWell) {
  EXPECT_EQ(JudgeProbe(Good(), kGoal), ProbeVerdict::kHeld);
}

TEST(RateProbeTest, ARecallThatWasNotMeasuredIsNotHeld) {
  RunSummary unjudged = Good();
  unjudged.recall = {};
  EXPECT_EQ(JudgeProbe(unjudged, kGoal), ProbeVerdict::kRecall);
  EXPECT_EQ(JudgeProbe(unjudged, {.p99 = kGoal.p99, .recall = 0}), ProbeVerdict::kRecall);
}

TEST(RateProbeTest, SaysWhatWasNotHeld) {
  RunSummary slow = Good();
  slow.kinds[0].latency = Summarise({1, 2, 21});
  EXPECT_EQ(JudgeProbe(slow, kGoal), ProbeVerdict::kP99);
  RunSummary wrong = Good();
  wrong.recall.mean = 0.94;
  EXPECT_EQ(JudgeProbe(wrong, kGoal), ProbeVerdict::kRecall);
  RunSummary failing = Good();
  failing.errors["UNAVAILABLE"] = 1;
  EXPECT_EQ(JudgeProbe(failing, kGoal), ProbeVerdict::kErrors);
  RunSummary crowded = Good();
  crowded.invalidity.reasons = {"calls were not sent"};
  EXPECT_EQ(JudgeProbe(crowded, kGoal), ProbeVerdict::kP99);
}

TEST(RateProbeTest, ALateClientKnowsNothingElse) {
  RunSummary late = Good();
  late.errors["UNAVAILABLE"] = 1;
  late.recall.mean = 0;
  late.invalidity = {.reasons = {"the client fell behind"}, .client_was_late = true};
  EXPECT_EQ(JudgeProbe(late, kGoal), ProbeVerdict::kClient);
}

}  // namespace
}  // namespace nestor::bench
