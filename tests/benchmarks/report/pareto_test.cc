#include "benchmarks/report/pareto.h"

#include <gtest/gtest.h>

namespace nestor::bench {
namespace {

TEST(ParetoTest, WhatIsWorseInOneAndNotBetterInTheOtherIsOff) {
  const std::vector<Tradeoff> points = {{100, 0.90}, {80, 0.95}, {70, 0.94}, {80, 0.90}, {10, 1}};
  EXPECT_EQ(OnParetoFrontier(points), (std::vector<bool>{true, true, false, false, true}));
}

TEST(ParetoTest, EqualsStandTogether) {
  const std::vector<Tradeoff> points = {{5, 0.9}, {5, 0.9}};
  EXPECT_EQ(OnParetoFrontier(points), (std::vector<bool>{true, true}));
  EXPECT_TRUE(OnParetoFrontier({}).empty());
}

TEST(ParetoTest, WhatIsNotValidIsOffAndBeatsNothing) {
  const std::vector<Tradeoff> points = {{-5, 0.9}, {0, 0.95, /*valid=*/false}, {-7, 0.8}};
  EXPECT_EQ(OnParetoFrontier(points), (std::vector<bool>{true, false, false}));
}

}  // namespace
}  // namespace nestor::bench
