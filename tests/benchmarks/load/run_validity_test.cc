#include "benchmarks/load/run_validity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nestor::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

LatencySummary WithP99(double p99, double max) {
  LatencySummary summary;
  summary.count = 1000;
  summary.p99 = p99;
  summary.max = max;
  return summary;
}

ClientConduct WithLag(double p99, double max) {
  return {.lag = WithP99(p99, max), .max_in_flight = 64, .give_up = absl::Seconds(1)};
}

TEST(RunValidityTest, APunctualClientIsValid) {
  const Invalidity invalidity = JudgeRun(WithLag(0.2, 3), WithP99(5, 9), 1000);
  EXPECT_THAT(invalidity.reasons, IsEmpty());
  EXPECT_FALSE(invalidity.client_was_late);
}

TEST(RunValidityTest, TheLagMayBeATenthOfWhatIsMeasured) {
  EXPECT_THAT(JudgeRun(WithLag(9.9, 20), WithP99(100, 200), 1000).reasons, IsEmpty());
  const Invalidity invalidity = JudgeRun(WithLag(10.1, 20), WithP99(100, 200), 1000);
  EXPECT_THAT(invalidity.reasons,
              ElementsAre("the client fell behind: 1 % of the calls left 10.1 ms late or more; "
                          "with a p99 of 100.0 ms, 10.0 ms is the most"));
  EXPECT_TRUE(invalidity.client_was_late);
}

TEST(RunValidityTest, AMillisecondIsAlwaysFree) {
  EXPECT_THAT(JudgeRun(WithLag(0.99, 2), WithP99(1, 2), 1000).reasons, IsEmpty());
  EXPECT_FALSE(JudgeRun(WithLag(1.01, 2), WithP99(1, 2), 1000).reasons.empty());
}

TEST(RunValidityTest, OneLongPauseOfTheClientIsEnough) {
  const Invalidity invalidity = JudgeRun(WithLag(0.1, 251), WithP99(5, 300), 1000);
  EXPECT_THAT(invalidity.reasons, ElementsAre(HasSubstr("a call left 251 ms late")));
  EXPECT_TRUE(invalidity.client_was_late);
}

TEST(RunValidityTest, CallsThatWereNotSentAreCounted) {
  ClientConduct client = WithLag(0.1, 1);
  client.crowded = 7;
  const Invalidity crowded = JudgeRun(client, WithP99(5, 9), 1000);
  EXPECT_THAT(crowded.reasons, ElementsAre("7 calls were not sent because 64 others were waiting "
                                           "for their answers"));
  EXPECT_FALSE(crowded.client_was_late) << "it is the server that did not answer";
  client.crowded = 0;
  client.late = 3;
  const Invalidity late = JudgeRun(client, WithP99(5, 9), 1000);
  EXPECT_THAT(late.reasons, ElementsAre("the client fell behind: 3 calls were not sent because "
                                        "they were 1s late"));
  EXPECT_TRUE(late.client_was_late);
}

TEST(RunValidityTest, NoAnswersAreNoPercentiles) {
  EXPECT_THAT(JudgeRun(WithLag(0.1, 1), WithP99(10'000, 10'000), 0).reasons,
              ElementsAre("no search was answered"));
  EXPECT_THAT(JudgeClosedRun(0).reasons, ElementsAre("no search was answered"));
  EXPECT_THAT(JudgeClosedRun(1).reasons, IsEmpty());
}

}  // namespace
}  // namespace nestor::bench
