#include "benchmarks/engine_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "benchmarks/engine_json.h"

namespace nestor::bench {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

ReportLine Line(const std::string& system, const std::string& knob, double recall, double micros) {
  ReportLine line;
  line.system = system;
  line.knob = knob;
  line.params = {{"knob", knob}};
  line.recall = recall;
  line.micros = micros;
  line.pass_micros = {micros - 1, micros, micros + 1};
  return line;
}

std::string AtEqual(const std::vector<ReportLine>& lines, Quality quality) {
  std::ostringstream out;
  PrintAtEqual(lines, quality, 10, out);
  return out.str();
}

std::vector<ReportLine> Lines() {
  return {Line("hnsw_full", "ef 10", 0.8, 100), Line("hnsw_full", "ef 20", 0.9, 200),
          Line("nestor_hnsw", "adaptive 0.8", 0.85, 50), Line("ivf_prefix", "K 10", 0.7, 20)};
}

TEST(EngineReportTest, ComparesAtEqualRecall) {
  const std::string report = AtEqual(Lines(), Quality::kRecall);
  EXPECT_THAT(report, ContainsRegex("nestor_hnsw +adaptive 0.8 +0.8500 +50.0 +150.0 +3.00"));
  EXPECT_THAT(report, Not(HasSubstr("ef 10")));
}

TEST(EngineReportTest, SaysWhatABaselineDoesNotReach) {
  std::vector<ReportLine> lines = Lines();
  lines.push_back(Line("nestor_flat", "exact", 1, 50));
  lines.push_back(Line("nestor_flat", "adaptive 0.5", 0.75, 50));
  const std::string report = AtEqual(lines, Quality::kRecall);
  EXPECT_THAT(report, AllOf(ContainsRegex("nestor_flat +exact .* not reached +-"),
                            ContainsRegex("nestor_flat +adaptive .* <= 100.0 +<= 2.00")));
}

TEST(EngineReportTest, ComparesAtEqualPrecision) {
  std::vector<ReportLine> lines = Lines();
  lines[0].average_precision = 0.4;
  lines[1].average_precision = 0.5;
  lines[2].average_precision = 0.425;
  lines[3].average_precision = 0.3;
  const std::string report = AtEqual(lines, Quality::kAveragePrecision);
  EXPECT_THAT(report, HasSubstr("At equal mAP"));
  EXPECT_THAT(report, ContainsRegex("nestor_hnsw +adaptive 0.8 +0.4250 +50.0 +125.0 +2.50"));
}

TEST(EngineReportTest, PrecisionIsShownWhenThereAreLabels) {
  ReportLine line = Line("exact", "float32", 1, 10);
  std::ostringstream without;
  PrintMeasurements({line}, 10, without);
  EXPECT_THAT(without.str(), Not(HasSubstr("mAP")));
  line.average_precision = 0.25;
  std::ostringstream with;
  PrintMeasurements({line}, 10, with);
  EXPECT_THAT(with.str(), AllOf(HasSubstr("mAP@10"), HasSubstr("0.2500")));
}

TEST(EngineReportTest, BytesAreShownByWhatTheyAreForOnceForEachSystem) {
  std::vector<ReportLine> lines = {Line("exact", "float32", 1, 10), Line("nestor_hnsw", "a", 1, 10),
                                   Line("nestor_hnsw", "b", 1, 10)};
  lines[1].cost.parts = lines[2].cost.parts = {{"index", 200, 0}, {"rerank tier", 8, 1088}};
  std::ostringstream out;
  PrintMeasurements(lines, 10, out);
  const std::string line =
      "nestor_hnsw: index 200 resident, 0 mapped; rerank tier 8 resident, 1088 mapped (B)\n";
  const size_t at = out.str().find(line);
  ASSERT_NE(at, std::string::npos) << out.str();
  EXPECT_EQ(out.str().find(line, at + 1), std::string::npos);
}

TEST(EngineJsonTest, ALineHasTheFieldsOfTheContract) {
  std::vector<ReportLine> lines = Lines();
  for (ReportLine& line : lines) line.average_precision = 0.5;
  lines[0].cost = {1.5, 100, 20, {{"index", 75, 0}, {"points", 25, 20}}, 130};
  Json document = Json::object();
  AddResults(lines, 10, &document);
  EXPECT_EQ(document["results"][0].dump(),
            R"({"system":"hnsw_full","params":{"knob":"ef 10"},"recall_at_10":0.8,)"
            R"("map_at_10":0.5,"us_per_query":100.0,"cpu_us_per_query":0.0,)"
            R"("pass_us":[99.0,100.0,101.0],"build_seconds":1.5,)"
            R"("resident_bytes_per_vector":100.0,"mapped_bytes_per_vector":20.0,)"
            R"("bytes_per_vector_by_part":{"index":{"resident":75.0,"mapped":0.0},)"
            R"("points":{"resident":25.0,"mapped":20.0}},"grown_bytes_per_vector":130.0})");
}

TEST(EngineJsonTest, HasBaselinesAtEqualRecall) {
  std::vector<ReportLine> lines = Lines();
  const double recalls[] = {0.5, 1, 0.75, 0.25};  // exact in binary, as what comes of them is
  for (size_t i = 0; i < lines.size(); ++i) lines[i].recall = recalls[i];
  Json document = Json::object();
  AddResults(lines, 10, &document);
  EXPECT_EQ(document["at_equal_recall"].dump(),
            R"([{"system":"nestor_hnsw","params":{"knob":"adaptive 0.8"},"quality":0.75,)"
            R"("us_per_query":50.0,"baselines":[{"system":"hnsw_full","kind":"interpolated",)"
            R"("us_per_query":150.0,"ratio":3.0},{"system":"ivf_prefix","kind":"not_reached"}]}])");
  EXPECT_FALSE(document["results"][0].contains("map_at_10"));
  EXPECT_FALSE(document.contains("at_equal_map"));
}

}  // namespace
}  // namespace nestor::bench
