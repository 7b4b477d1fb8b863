#include "benchmarks/report/svg_chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace nestor::bench {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

size_t Count(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
  return count;
}

TEST(SvgChartTest, EveryPointHasAMarkAndEverySeriesALineAndAName) {
  const std::string svg =
      SvgChart({"t", {"x"}, {"y"}, {{"one", {{0, 1}, {1, 2}}, true}, {"two", {{0, 3}}, false}}});
  EXPECT_EQ(Count(svg, "<title>"), 3U);
  EXPECT_EQ(Count(svg, "class=\"line\""), 1U);
  EXPECT_THAT(svg, AllOf(HasSubstr("one: 1, 2"), HasSubstr(">two</text>")));
}

TEST(SvgChartTest, WhatCannotBeShownIsLeftOut) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::string svg = SvgChart(
      {"t", {"x"}, {"y", AxisScale::kLog}, {{"one", {{0, 1}, {1, 0}, {2, nan}, {3, 10}}, true}}});
  EXPECT_EQ(Count(svg, "<title>"), 2U);
  EXPECT_THAT(svg, AllOf(Not(HasSubstr("nan")), Not(HasSubstr("inf"))));
}

TEST(SvgChartTest, AChartWithoutPointsIsStillAChart) {
  EXPECT_THAT(SvgChart({"t", {"x"}, {"y"}, {}}), AllOf(HasSubstr("<svg"), HasSubstr("</svg>")));
}

TEST(SvgChartTest, NamesCannotBreakThePage) {
  const std::string svg =
      SvgChart({"\"><script>", {"<x>"}, {"y"}, {{"<b>", {{0, 1}}, true}, {"c", {}, true}}});
  EXPECT_THAT(svg, AllOf(Not(HasSubstr("<script>")), Not(HasSubstr("<b>")), Not(HasSubstr("<x>")),
                         HasSubstr("&lt;b&gt;")));
}

TEST(SvgWaterfallTest, BarsBeginWhereTheOneBeforeEnds) {
  const std::string svg =
      SvgWaterfall({"w", {{"queue", 0, 10, "10 us"}, {"shortlist", 10, 30, "30 us"}}});
  // 380 units for 40 us, from 150 on.
  EXPECT_THAT(svg, AllOf(HasSubstr("x=\"150.0\" y=\"6.0\" width=\"95.0\""),
                         HasSubstr("x=\"245.0\" y=\"28.0\" width=\"285.0\"")));
}

}  // namespace
}  // namespace nestor::bench
