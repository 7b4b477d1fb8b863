#include "benchmarks/filters_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace nestor::bench {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr FilterTargets kTargets{.recall = 0.95};

FilterLine Good() {
  FilterLine line;
  line.index = "hnsw";
  line.filter = "near 50 %";
  line.rows = 10000;
  line.recall = 0.96;
  line.full_share = 1;
  line.adaptive_micros = 300;
  line.exact_micros = 200;
  line.float_micros = 600;
  return line;
}

std::string Print(const std::vector<FilterLine>& lines) {
  std::ostringstream out;
  PrintFilterLines(lines, kTargets, 10, out);
  return out.str();
}

TEST(FiltersReportTest, ALineShowsTimesAndRatios) {
  const std::string report = Print({Good()});
  EXPECT_THAT(report, ContainsRegex("hnsw +near 50 % +10000 +0.0 +0.9600 +100.0 +300.0 +200.0 "
                                    "+600.0 +1.50 +0.50"));
  EXPECT_THAT(report, AllOf(HasSubstr("Every line reaches its targets"), Not(HasSubstr("MISSED"))));
}

TEST(FiltersReportTest, EveryMissedTargetIsNamed) {
  FilterLine line = Good();
  line.recall = 0.9;
  line.full_share = 0.75;
  line.adaptive_micros = 500;
  EXPECT_EQ(MissedTargets(line, kTargets),
            "recall 0.9000 < 0.95; hits are missing for 25.0 % of the queries; "
            "500.0 us > 2 x 200.0 us");
  EXPECT_THAT(Print({Good(), line}), AllOf(HasSubstr("MISSED: hnsw, near 50 %: recall 0.9000"),
                                           HasSubstr("1 of 2 lines miss a target")));
}

TEST(FiltersReportTest, CountsWhatTakesMuchLongerThanTheFloatLoop) {
  FilterLine line = Good();
  line.float_micros = 100;
  EXPECT_THAT(Print({Good()}), HasSubstr("0 of 1 lines take more than 2 times as long"));
  EXPECT_THAT(
      Print({Good(), line}),
      HasSubstr("1 of 2 lines take more than 2 times as long as the float loop, up to 200.0 "
                "us longer"));
}

}  // namespace
}  // namespace nestor::bench
