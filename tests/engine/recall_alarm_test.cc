#include "engine/recall_alarm.h"

#include <algorithm>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

// Searches for ten hits each, of which each is found with a chance that is one of two, as queries
// are hard or easy.
double RecallOfOne(double mean, testing::Random* random) {
  const double spread = std::min(mean, 1 - mean);
  const double chance = random->OneIn(2) ? mean - spread : mean + spread;
  double recall = 0;
  for (int i = 0; i < 10; ++i) recall += random->Uniform(0, 1) < chance ? 0.1 : 0;
  return recall;
}

// Until the alarm; `most` if there is none.
int SearchesUntilAlarm(double mean, double target, int most, testing::Random* random) {
  RecallAlarm alarm;
  for (int searches = 1; searches < most; ++searches) {
    if (alarm.Add(RecallOfOne(mean, random), target)) return searches;
  }
  return most;
}

std::vector<int> Runs(double mean, double target, int most) {
  testing::Random random(1);
  std::vector<int> runs;
  for (int run = 0; run < 200; ++run) {
    runs.push_back(SearchesUntilAlarm(mean, target, most, &random));
  }
  std::sort(runs.begin(), runs.end());
  return runs;
}

TEST(RecallAlarmTest, IsFalseOnceInAThousandSearchesAtMost) {
  for (const double target : {0.8, 0.9, 0.95, 0.99}) {
    const std::vector<int> runs = Runs(target, target, 20'000);
    double mean = 0;
    for (const int run : runs) mean += run / static_cast<double>(runs.size());
    EXPECT_GE(mean, RecallAlarm::kThreshold) << target;
  }
}

TEST(RecallAlarmTest, SearchesThatFindMoreMakeNone) {
  EXPECT_EQ(Runs(0.97, 0.95, 10'000)[20], 10'000);  // nine in ten runs
}

TEST(RecallAlarmTest, SoonNoticesThatSearchesFindLess) {
  EXPECT_LE(Runs(0.85, 0.95, 20'000)[190], 100);
  EXPECT_LE(Runs(0.92, 0.95, 20'000)[190], 600);
  EXPECT_LE(Runs(0.95, 0.99, 20'000)[190], 300);
}

TEST(RecallAlarmTest, NoticesItAlsoAfterALongTimeWithoutIt) {
  testing::Random random(2);
  for (int run = 0; run < 20; ++run) {
    RecallAlarm alarm;
    for (int i = 0; i < 5000; ++i) (void)alarm.Add(1, 0.95);
    int searches = 1;
    while (searches < 200 && !alarm.Add(RecallOfOne(0.85, &random), 0.95)) ++searches;
    EXPECT_LT(searches, 150);
  }
}

TEST(RecallAlarmTest, BeginsAnew) {
  RecallAlarm alarm;
  for (int i = 0; i < 200; ++i) (void)alarm.Add(0, 0.9);
  EXPECT_TRUE(alarm.Add(0, 0.9));
  alarm.Reset();
  EXPECT_FALSE(alarm.Add(0, 0.9));
}

}  // namespace
}  // namespace nestor
