#include "benchmarks/equal_recall.h"

#include <gtest/gtest.h>

namespace nestor::bench {
namespace {

using Kind = TimeAtRecall::Kind;

const std::vector<SweepPoint> kSweep = {{0.9, 30}, {0.8, 10}, {0.95, 50}};

TEST(EqualRecallTest, InterpolatesBetweenNeighbours) {
  const TimeAtRecall time = InterpolateTime(kSweep, 0.85);
  EXPECT_EQ(time.kind, Kind::kInterpolated);
  EXPECT_DOUBLE_EQ(time.micros, 20);
}

TEST(EqualRecallTest, ASettingWithThatRecallIsTakenAsItIs) {
  for (const SweepPoint& point : kSweep) {
    const TimeAtRecall time = InterpolateTime(kSweep, point.recall);
    EXPECT_EQ(time.kind, Kind::kInterpolated);
    EXPECT_EQ(time.micros, point.micros);
  }
}

TEST(EqualRecallTest, BelowTheCheapestSettingItsTimeIsABound) {
  const TimeAtRecall time = InterpolateTime(kSweep, 0.5);
  EXPECT_EQ(time.kind, Kind::kAtMost);
  EXPECT_EQ(time.micros, 10);
}

TEST(EqualRecallTest, AboveEverySettingItIsNotReached) {
  EXPECT_EQ(InterpolateTime(kSweep, 0.96).kind, Kind::kNotReached);
  EXPECT_EQ(InterpolateTime({}, 0).kind, Kind::kNotReached);
}

TEST(EqualRecallTest, ASettingThatCostsMoreAndGivesLessIsPassedOver) {
  std::vector<SweepPoint> sweep = kSweep;
  sweep.push_back({0.7, 20});
  sweep.push_back({0.9, 40});
  EXPECT_DOUBLE_EQ(InterpolateTime(sweep, 0.85).micros, 20);
  EXPECT_DOUBLE_EQ(InterpolateTime(sweep, 0.9).micros, 30);
}

}  // namespace
}  // namespace nestor::bench
