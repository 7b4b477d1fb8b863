#include "benchmarks/engine_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace nestor::bench {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

ReportLine Line(const std::string& method, const std::string& knob, double recall, double micros) {
  ReportLine line;
  line.method = method;
  line.knob = knob;
  line.recall = recall;
  line.micros = micros;
  return line;
}

std::string AtEqualRecall(const std::vector<ReportLine>& lines) {
  std::ostringstream out;
  PrintAtEqualRecall(lines, 10, out);
  return out.str();
}

TEST(EngineReportTest, ComparesAtEqualRecall) {
  const std::string report = AtEqualRecall({Line("hnswlib full", "ef 10", 0.8, 100),
                                            Line("hnswlib full", "ef 20", 0.9, 200),
                                            Line("nestor adaptive", "recall 0.8", 0.85, 50)});
  EXPECT_THAT(report, ContainsRegex("nestor adaptive +recall 0.8 +0.8500 +50.0 +150.0 +3.00"));
  EXPECT_THAT(report, Not(HasSubstr("ef 10")));
}

TEST(EngineReportTest, SaysWhatABaselineDoesNotReach) {
  const std::string report = AtEqualRecall({Line("hnswlib full", "ef 10", 0.8, 100),
                                            Line("nestor exact", "every row", 1, 50),
                                            Line("nestor adaptive", "recall 0.5", 0.6, 50)});
  EXPECT_THAT(report, AllOf(ContainsRegex("nestor exact .* not reached +-"),
                            ContainsRegex("nestor adaptive .* <= 100.0 +<= 2.00")));
}

TEST(EngineReportTest, PrecisionIsShownWhenThereAreLabels) {
  ReportLine line = Line("exact scan", "float32", 1, 10);
  std::ostringstream without;
  PrintMeasurements({line}, 10, without);
  EXPECT_THAT(without.str(), Not(HasSubstr("mAP")));
  line.average_precision = 0.25;
  std::ostringstream with;
  PrintMeasurements({line}, 10, with);
  EXPECT_THAT(with.str(), AllOf(HasSubstr("mAP@10"), HasSubstr("0.2500")));
}

}  // namespace
}  // namespace nestor::bench
