#include "benchmarks/report/bootstrap.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace nestor::bench {
namespace {

std::vector<double> Normal(size_t count, double mean, double deviation, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(mean, deviation);
  std::vector<double> samples(count);
  for (double& sample : samples) sample = normal(random);
  return samples;
}

TEST(BootstrapTest, TheIntervalHoldsTheTrueChangeAboutAsOftenAsItSays) {
  int held = 0;
  for (uint32_t seed = 0; seed < 60; ++seed) {
    const Interval interval =
        RelativeChange(Normal(40, 100, 10, seed), Normal(40, 110, 10, 1000 + seed), 1, 1);
    if (interval.low <= 0.1 && 0.1 <= interval.high) ++held;
  }
  // 57 expected; the bootstrap of a median is a little off at 40 samples.
  EXPECT_GE(held, 50);
}

TEST(BootstrapTest, SamplesWithoutVariationHaveAnIntervalWithoutWidth) {
  const Interval interval =
      RelativeChange(std::vector<double>(10, 2.0), std::vector<double>(10, 3.0), 3, 1);
  EXPECT_DOUBLE_EQ(interval.low, 0.5);
  EXPECT_DOUBLE_EQ(interval.high, 0.5);
}

TEST(BootstrapTest, BlocksWidenTheIntervalOfSamplesThatResembleTheirNeighbours) {
  std::vector<double> ramp;
  for (int i = 0; i < 40; ++i) ramp.push_back(100 + i);
  const Interval alone = RelativeChange(ramp, ramp, 1, 1);
  const Interval together = RelativeChange(ramp, ramp, 10, 1);
  EXPECT_GT(together.high - together.low, 1.2 * (alone.high - alone.low));
}

TEST(BootstrapTest, TheSameSeedGivesTheSameInterval) {
  const std::vector<double> a = Normal(20, 100, 10, 1);
  const std::vector<double> b = Normal(20, 100, 10, 2);
  EXPECT_EQ(RelativeChange(a, b, 5, 7).low, RelativeChange(a, b, 5, 7).low);
}

}  // namespace
}  // namespace nestor::bench
