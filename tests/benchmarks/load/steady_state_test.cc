#include "benchmarks/load/steady_state.h"

#include <gtest/gtest.h>

#include <vector>

namespace nestor::bench {
namespace {

bool Steady(const std::vector<double>& medians) { return IsSteady(medians); }

TEST(SteadyStateTest, ThreeWindowsWithinATenthAreSteady) {
  EXPECT_TRUE(Steady({1.00, 1.05, 1.10}));
  EXPECT_TRUE(Steady({9, 5, 1.1, 1.0, 1.04}));
  EXPECT_FALSE(Steady({1.00, 1.05, 1.11}));
}

TEST(SteadyStateTest, OnlyTheLastWindowsCount) {
  EXPECT_FALSE(Steady({1, 1, 1, 2}));
  EXPECT_FALSE(Steady({1, 1, 1, 2, 2}));
  EXPECT_TRUE(Steady({1, 1, 1, 2, 2, 2}));
}

TEST(SteadyStateTest, TooFewOrEmptyWindowsAreNotSteady) {
  EXPECT_FALSE(Steady({}));
  EXPECT_FALSE(Steady({1, 1}));
  EXPECT_FALSE(Steady({0, 0, 0}));
}

}  // namespace
}  // namespace nestor::bench
