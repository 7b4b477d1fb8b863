#include "benchmarks/report/scale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace nestor::bench {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Labels(AxisScale kind, const std::vector<double>& values) {
  std::vector<std::string> labels;
  const Scale scale(kind, values);
  for (const Tick& tick : scale.ticks()) labels.push_back(tick.label);
  return labels;
}

TEST(ScaleTest, ALinearAxisGoesFromTickToTickInSteps) {
  EXPECT_THAT(Labels(AxisScale::kLinear, {0.913, 0.998}),
              ElementsAre("0.9", "0.92", "0.94", "0.96", "0.98", "1"));
  EXPECT_THAT(Labels(AxisScale::kLinear, {0, 1}),
              ElementsAre("0", "0.2", "0.4", "0.6", "0.8", "1"));
}

TEST(ScaleTest, ALogAxisHasPowersOfTenAndInBetweenWhereItIsShort) {
  EXPECT_THAT(Labels(AxisScale::kLog, {3, 40}), ElementsAre("2", "5", "10", "20", "50"));
  EXPECT_THAT(Labels(AxisScale::kLog, {2, 50000}),
              ElementsAre("1", "10", "100", "1000", "10k", "100k"));
}

TEST(ScaleTest, NinesAreEquallyFarApart) {
  const Scale scale(AxisScale::kNines, std::vector<double>{0.0, 99.9});
  EXPECT_DOUBLE_EQ(scale.Position(0), 0);
  EXPECT_NEAR(scale.Position(99) - scale.Position(90), scale.Position(99.9) - scale.Position(99),
              1e-9);
  EXPECT_NEAR(scale.Position(99.9), 1, 1e-9);
}

TEST(ScaleTest, OneValueAndNoValueHaveAnAxisToo) {
  for (const AxisScale kind : {AxisScale::kLinear, AxisScale::kLog, AxisScale::kNines}) {
    for (const std::vector<double>& values : {std::vector<double>{}, {10.0}, {10.0, 10.0}}) {
      const Scale scale(kind, values);
      EXPECT_GE(scale.ticks().size(), 2U);
      for (const double value : values) {
        EXPECT_GE(scale.Position(value), 0);
        EXPECT_LE(scale.Position(value), 1);
      }
    }
  }
}

TEST(ScaleTest, WhatAnAxisCannotShowIsKnown) {
  EXPECT_FALSE(Scale::CanShow(AxisScale::kLinear, std::numeric_limits<double>::quiet_NaN()));
  EXPECT_FALSE(Scale::CanShow(AxisScale::kLog, 0));
  EXPECT_FALSE(Scale::CanShow(AxisScale::kNines, 101));
  EXPECT_TRUE(Scale::CanShow(AxisScale::kNines, 100));
  EXPECT_TRUE(Scale::CanShow(AxisScale::kLinear, -1));
}

}  // namespace
}  // namespace nestor::bench
