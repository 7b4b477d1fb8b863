#include "benchmarks/load/arrival_schedule.h"

#include <gtest/gtest.h>

#include <vector>

namespace nestor::bench {
namespace {

std::vector<int64_t> Times(Arrivals arrivals, double rate, uint64_t seed, int count) {
  ArrivalSchedule schedule(arrivals, rate, seed);
  std::vector<int64_t> times;
  for (int i = 0; i < count; ++i) times.push_back(schedule.NextNs());
  return times;
}

TEST(ArrivalScheduleTest, UniformGapsAreAllTheSame) {
  EXPECT_EQ(Times(Arrivals::kUniform, 500, 1, 4),
            (std::vector<int64_t>{0, 2'000'000, 4'000'000, 6'000'000}));
}

TEST(ArrivalScheduleTest, UniformTimesDoNotDrift) {
  EXPECT_NEAR(static_cast<double>(Times(Arrivals::kUniform, 3, 1, 3'000'001).back()), 1e15, 1);
}

TEST(ArrivalScheduleTest, PoissonHasTheRateAndTheSpreadOfIndependentUsers) {
  constexpr int kCount = 100'000;
  const std::vector<int64_t> times = Times(Arrivals::kPoisson, 1000, 7, kCount);
  double squares = 0;
  for (int i = 1; i < kCount; ++i) {
    const double gap_ms = 1e-6 * static_cast<double>(times[i] - times[i - 1]);
    ASSERT_GE(gap_ms, 0);
    squares += gap_ms * gap_ms;
  }
  // Gaps of mean 1 ms: their squares have mean 2. Six standard errors.
  EXPECT_NEAR(1e-6 * static_cast<double>(times.back()) / kCount, 1, 0.02);
  EXPECT_NEAR(squares / kCount, 2, 0.09);
}

TEST(ArrivalScheduleTest, TheSeedDecides) {
  EXPECT_EQ(Times(Arrivals::kPoisson, 10, 1, 100), Times(Arrivals::kPoisson, 10, 1, 100));
  EXPECT_NE(Times(Arrivals::kPoisson, 10, 1, 100), Times(Arrivals::kPoisson, 10, 2, 100));
  EXPECT_EQ(Times(Arrivals::kPoisson, 1000, 42, 1)[0], 280'831);
}

}  // namespace
}  // namespace nestor::bench
