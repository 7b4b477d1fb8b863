#include "benchmarks/report/paper_chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmarks/report/document_charts.h"
#include "benchmarks/report/svg_file.h"
#include "tests/client/test_files.h"

namespace nestor::bench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

const Json kDocument = Json::parse(R"({"limit":10,"shortlist":200,
  "by_prefix":[{"dims":8,"mflops":1,"map_at_10":0.5},{"dims":32,"mflops":4,"map_at_10":0.75}],
  "adaptive":[{"rerank_dims":[16],"mflops":2,"map_at_10":0.25},
              {"rerank_dims":[32],"mflops":3,"map_at_10":0.75}],
  "funnel":[{"rerank_dims":[16,32],"mflops":1.5,"map_at_10":0.5}]})");

TEST(PaperChartTest, HasOneSeriesForEachWayToSearch) {
  const Chart chart = PaperChart(kDocument);
  ASSERT_EQ(chart.series.size(), 3U);
  EXPECT_THAT(chart.series[0].points, ElementsAre(Pair(1, 50), Pair(4, 75)));
  EXPECT_THAT(chart.series[1].points, ElementsAre(Pair(3, 75))) << "ranked at all dims only";
  EXPECT_THAT(chart.series[2].points, ElementsAre(Pair(1.5, 50)));
}

TEST(PaperChartTest, IsAmongTheChartsOfItsDocumentAndOfNoOther) {
  EXPECT_EQ(ChartsOf(kDocument).size(), 1U);
  EXPECT_THAT(ChartsOf(Json::object()), IsEmpty());
}

TEST(SvgFileTest, IsAPictureOfItsOwn) {
  const std::string svg = SvgFile(PaperChart(kDocument), "2 x 32 <synthetic>");
  EXPECT_THAT(svg, AllOf(HasSubstr("xmlns=\"http://www.w3.org/2000/svg\""), HasSubstr(".c0{"),
                         HasSubstr("2 x 32 &lt;synthetic&gt;"), HasSubstr("mAP@10, percent")));
}

}  // namespace
}  // namespace nestor::bench
