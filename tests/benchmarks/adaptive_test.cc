// `nestor-bench adaptive` at a tiny size, and what it judges by.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "benchmarks/adaptive_report.h"
#include "benchmarks/command_line.h"
#include "benchmarks/json_file.h"
#include "benchmarks/report/document_charts.h"
#include "tests/benchmarks/bench_files.h"
#include "tests/benchmarks/run_nestor_bench.h"
#include "tests/client/test_files.h"

namespace nestor {
namespace {

using bench::AdaptiveLine;
using bench::CheapestThatFinds;
using bench::FixedLine;
using testing::BenchOutcome;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using testing::RandomMatrix;
using testing::RunNestorBench;
using testing::WriteFbin;

const std::vector<FixedLine> kFixed = {{"K 10", 0.8, 30}, {"K 40", 0.96, 90}, {"K 20", 0.95, 40}};

TEST(AdaptiveReportTest, HindsightTakesTheCheapestThatFindsEnough) {
  EXPECT_EQ(CheapestThatFinds(kFixed, 0.8)->knob, "K 10");
  EXPECT_EQ(CheapestThatFinds(kFixed, 0.81)->knob, "K 20");
  EXPECT_EQ(CheapestThatFinds(kFixed, 0.96)->knob, "K 40");
  EXPECT_EQ(CheapestThatFinds(kFixed, 0.97), nullptr);
}

TEST(AdaptiveReportTest, JudgesRecallAndPrice) {
  const std::vector<AdaptiveLine> lines = {{0.8, 0.796, 0.81, 37},
                                           {0.9, 0.894, 0.91, 20},
                                           {0.95, 0.95, std::nullopt, 51},
                                           {0.99, 0.99, 0.99, 5000}};
  std::ostringstream out;
  PrintAdaptive(lines, kFixed, out);
  EXPECT_THAT(out.str(), ContainsRegex("0.8 +0.7960 +0.8100 +37 +K 10 +0.8000 +30 +1.23 +ok\n"));
  EXPECT_THAT(out.str(), ContainsRegex("0.9 +0.8940 .* TOO LITTLE\n"));
  EXPECT_THAT(out.str(), ContainsRegex("0.95 +0.9500 +- +51 +K 20 .* TOO DEAR\n"));
  EXPECT_THAT(out.str(), ContainsRegex("0.99 .* none does +- +- +- +ok\n"));
}

TEST(AdaptiveReportTest, ADocumentHasBothKindsOfPlanAndAChart) {
  Json document = {{"command", "adaptive"}, {"limit", 10}};
  AddAdaptiveResults({{0.95, 0.96, 0.95, 50}}, kFixed, 10, &document);
  ASSERT_EQ(document["results"].size(), 4U);
  EXPECT_EQ(document["results"][0]["fixed"], "K 20");
  EXPECT_EQ(document["results"][0]["of_fixed"], 1.25);
  EXPECT_EQ(document["results"][1]["recall_at_10"], 0.8);
  const std::vector<bench::Chart> charts = bench::ChartsOf(document);
  ASSERT_EQ(charts.size(), 1U);
  ASSERT_EQ(charts[0].series.size(), 2U);
  EXPECT_EQ(charts[0].series[0].name, "adaptive");
  EXPECT_EQ(charts[0].series[0].points[0], std::pair(0.96, 20'000.0));
}

// So few rows are not calibrated: by the careful rule every search is exact.
TEST(AdaptiveBenchmarkTest, MixesFilesAndWritesADocument) {
  const std::string bases = WriteFbin("a.fbin", RandomMatrix(150, 16, 1)) + "," +
                            WriteFbin("b.fbin", RandomMatrix(150, 16, 2));
  const std::string queries = WriteFbin("aq.fbin", RandomMatrix(6, 16, 3)) + "," +
                              WriteFbin("bq.fbin", RandomMatrix(9, 16, 4));
  const std::string json = testing::WriteFile("adaptive.json", "");
  const BenchOutcome outcome =
      RunNestorBench({"adaptive", "--base", bases, "--queries", queries, "--calibrate", "2",
                      "--recall", "0.9", "--repeat", "1", "--json", json});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("data      a.fbin: 150 rows x 16 dims\n"
                                     "and       b.fbin: 150 rows x 16 dims\n"
                                     "queries   10 measured"));
  EXPECT_THAT(outcome.out, ContainsRegex("0.9 +1.0000 +1.0000 "));
  const absl::StatusOr<Json> document = bench::ReadJsonFile(json);
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ((*document)["mixed_with"][0]["base"], "b.fbin");
  EXPECT_EQ((*document)["results"][0]["recall_target"], 0.9);
}

TEST(AdaptiveBenchmarkTest, FilesThatDoNotFitAreExitCode2) {
  const std::string base = WriteFbin("a.fbin", RandomMatrix(50, 16, 1));
  const std::string wide = WriteFbin("w.fbin", RandomMatrix(50, 20, 1));
  const auto run = [](const std::string& bases, const std::string& queries) {
    return RunNestorBench({"adaptive", "--base", bases, "--queries", queries, "--calibrate", "60"});
  };
  EXPECT_THAT(run(base, base).err, HasSubstr("60 of 50 queries leave none to measure"));
  EXPECT_EQ(run(base, base).exit_code, bench::kExitUsage);
  EXPECT_THAT(run(base + "," + base, base).err, HasSubstr("2 files, and 1 of --queries"));
  EXPECT_THAT(run(base + "," + wide, base + "," + wide).err, HasSubstr("20 dims, and 16 of"));
}

}  // namespace
}  // namespace nestor
