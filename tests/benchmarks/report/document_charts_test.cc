#include "benchmarks/report/document_charts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/benchmarks/report/documents.h"

namespace nestor::bench {
namespace {

using ::testing::ElementsAre;
using testing::EngineDocument;
using ::testing::IsEmpty;
using ::testing::Pair;
using testing::RunDocument;

std::vector<std::string> Titles(const Json& document) {
  std::vector<std::string> titles;
  for (const Chart& chart : ChartsOf(document)) titles.push_back(chart.title);
  return titles;
}

TEST(DocumentChartsTest, AnEngineHasOneSeriesForEachSystem) {
  const std::vector<Chart> charts = ChartsOf(EngineDocument());
  ASSERT_EQ(charts.size(), 2U);
  ASSERT_EQ(charts[0].series.size(), 2U);
  EXPECT_EQ(charts[0].series[1].name, "nestor_hnsw");
  EXPECT_THAT(charts[0].series[1].points, ElementsAre(Pair(0.95, 20000)));
}

TEST(DocumentChartsTest, QualitiesAreThoseOfTheLimit) {
  const Json engine = {{"limit", 100},
                       {"results",
                        {{{"system", "exact"},
                          {"recall_at_100", 1.0},
                          {"map_at_100", 0.5},
                          {"us_per_query", 100.0}}}}};
  const std::vector<Chart> charts = ChartsOf(engine);
  ASSERT_EQ(charts.size(), 2U);
  EXPECT_EQ(charts[0].x.label, "recall@100");
  EXPECT_EQ(charts[1].x.label, "mAP@100");
  EXPECT_THAT(charts[1].series[0].points, ElementsAre(Pair(0.5, 10'000)));
  EXPECT_EQ(ChartsOf(EngineDocument())[1].x.label, "mAP@10");
}

TEST(DocumentChartsTest, SettingsThatAnotherBeatsAreLeftOut) {
  Json document = EngineDocument();
  document["results"] = Json::array();
  for (const auto& [recall, micros] : {std::pair(0.9, 10.0), std::pair(0.95, 40.0),
                                       std::pair(0.95, 20.0), std::pair(0.92, 25.0)}) {
    document["results"].push_back(
        {{"system", "exact"}, {"recall_at_10", recall}, {"us_per_query", micros}});
  }
  EXPECT_THAT(ChartsOf(document)[0].series[0].points,
              ElementsAre(Pair(0.9, 100'000), Pair(0.95, 50'000)));
}

TEST(DocumentChartsTest, ChartsWithoutNumbersAreLeftOut) {
  Json document = EngineDocument();
  for (Json& result : document["results"]) result.erase("map_at_10");
  EXPECT_THAT(Titles(document),
              ElementsAre("Recall against queries per second, the best settings"));
  EXPECT_THAT(Titles(Json::object()), IsEmpty());
  EXPECT_THAT(Titles({{"results", "none"}, {"windows", {1, 2}}, {"percentiles", {{"a"}}}}),
              IsEmpty());
}

TEST(DocumentChartsTest, ARunHasPercentilesAndItsCourse) {
  EXPECT_THAT(
      Titles(RunDocument()),
      ElementsAre("Latency by percentile", "Latency second by second", "Recall second by second"));
}

TEST(DocumentChartsTest, ASweepShowsItsFrontier) {
  const Json sweep = {{"results",
                       {{{"qps", 100.0}, {"recall_at_k", 0.99}, {"pareto", true}},
                        {{"qps", 50.0}, {"recall_at_k", 0.9}, {"pareto", false}},
                        {{"qps", 300.0}, {"recall_at_k", 0.95}, {"pareto", true}}}}};
  const std::vector<Chart> charts = ChartsOf(sweep);
  ASSERT_EQ(charts.size(), 1U);
  ASSERT_EQ(charts[0].series.size(), 2U);
  EXPECT_THAT(charts[0].series[1].points, ElementsAre(Pair(0.95, 300), Pair(0.99, 100)));
}

TEST(DocumentChartsTest, AProbeIsBesideOthersThatHeldOrNot) {
  const Json limit = {
      {"probes",
       {{{"offered_rate", 100.0}, {"held", true}, {"latency_ms", {{"p99", 4.0}}}},
        {{"offered_rate", 200.0}, {"held", false}, {"latency_ms", {{"p99", 90.0}}}}}}};
  const std::vector<Chart> charts = ChartsOf(limit);
  ASSERT_EQ(charts.size(), 1U);
  EXPECT_THAT(charts[0].series[0].points, ElementsAre(Pair(100, 4)));
  EXPECT_THAT(charts[0].series[1].points, ElementsAre(Pair(200, 90)));
}

TEST(DocumentChartsTest, StagesFollowEachOtherAndEndWithTheWhole) {
  const std::optional<Waterfall> waterfall = WaterfallOf(RunDocument());
  ASSERT_TRUE(waterfall.has_value());
  ASSERT_EQ(waterfall->bars.size(), 3U);
  EXPECT_EQ(waterfall->bars[1].name, "shortlist");
  EXPECT_EQ(waterfall->bars[1].begin_us, 10);
  EXPECT_EQ(waterfall->bars[2].length_us, 70) << "the total begins behind the queue";
  EXPECT_EQ(WaterfallOf(EngineDocument()), std::nullopt);
}

}  // namespace
}  // namespace nestor::bench
