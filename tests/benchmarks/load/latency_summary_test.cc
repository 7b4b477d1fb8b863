#include "benchmarks/load/latency_summary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

namespace nestor::bench {
namespace {

std::vector<double> OneTo(int count) {
  std::vector<double> values(static_cast<size_t>(count));
  std::iota(values.begin(), values.end(), 1.0);
  std::shuffle(values.begin(), values.end(), std::mt19937(1));
  return values;
}

TEST(LatencySummaryTest, PercentilesAreOfTheValuesThemselves) {
  const LatencySummary summary = Summarise(OneTo(10'000));
  EXPECT_EQ(summary.count, 10'000U);
  EXPECT_EQ(summary.p50, 5000);
  EXPECT_EQ(summary.p90, 9000);
  EXPECT_EQ(summary.p99, 9900);
  EXPECT_EQ(summary.p999, 9990);
  EXPECT_EQ(summary.max, 10'000);
}

TEST(LatencySummaryTest, AShareOfValuesHasAnExactRank) {
  const LatencySummary summary = Summarise(OneTo(1000));
  EXPECT_EQ(summary.p999, 999);
  EXPECT_EQ(PercentilesJson(summary).dump(),
            "[[0.0,1.0],[50.0,500.0],[75.0,750.0],[90.0,900.0],[95.0,950.0],[99.0,990.0],"
            "[99.5,995.0],[99.9,999.0],[99.99,1000.0],[100.0,1000.0]]");
}

TEST(LatencySummaryTest, OneValueIsEveryPercentile) {
  const LatencySummary summary = Summarise({3});
  EXPECT_EQ(summary.p50, 3);
  EXPECT_EQ(summary.p999, 3);
  EXPECT_EQ(LatencyJson(summary).dump(),
            "{\"p50\":3.0,\"p90\":3.0,\"p99\":3.0,\"p999\":3.0,\"max\":3.0}");
}

TEST(LatencySummaryTest, NothingIsNull) {
  const LatencySummary summary = Summarise({});
  EXPECT_TRUE(LatencyJson(summary)["p99"].is_null());
  EXPECT_EQ(PercentilesJson(summary).dump(), "[]");
}

}  // namespace
}  // namespace nestor::bench
