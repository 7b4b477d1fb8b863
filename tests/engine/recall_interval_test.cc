#include "engine/recall_interval.h"

#include "gtest/gtest.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

TEST(IntervalOfRecallTest, IsWilsons) {
  const RecallInterval some = IntervalOfRecall(0.95, 100);
  EXPECT_NEAR(some.low, 0.8882, 1e-4);  // 95 of 100, as tables have it
  EXPECT_NEAR(some.high, 0.9785, 1e-4);
  const RecallInterval all = IntervalOfRecall(1, 100);
  EXPECT_NEAR(all.low, 0.9630, 1e-4);
  EXPECT_EQ(all.high, 1);
  EXPECT_EQ(IntervalOfRecall(0, 10).low, 0);
}

TEST(IntervalOfRecallTest, WithoutSearchesNothingIsKnown) {
  EXPECT_EQ(IntervalOfRecall(0.5, 0).low, 0);
  EXPECT_EQ(IntervalOfRecall(0.5, 0).high, 1);
}

// Recalls of ten hits each vary less than yeses and noes, so it holds more often than it says.
TEST(IntervalOfRecallTest, HoldsTheMeanAsOftenAsItSays) {
  testing::Random random(1);
  constexpr int kTrials = 1000, kSearches = 50, kTop = 10;
  int held = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    double recall = 0;
    for (int i = 0; i < kSearches * kTop; ++i) {
      recall += random.Uniform(0, 1) < 0.9 ? 1.0 / (kSearches * kTop) : 0;
    }
    const RecallInterval interval = IntervalOfRecall(recall, kSearches);
    held += interval.low <= 0.9 && 0.9 <= interval.high ? 1 : 0;
  }
  EXPECT_GE(held, kTrials * 95 / 100);
}

}  // namespace
}  // namespace nestor
