// `nestor-bench paper` at a tiny size.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "benchmarks/command_line.h"
#include "benchmarks/json_file.h"
#include "benchmarks/paper/paper_benchmark.h"
#include "tests/benchmarks/bench_files.h"
#include "tests/benchmarks/paper/labelled_data.h"
#include "tests/benchmarks/run_nestor_bench.h"
#include "tests/client/test_files.h"

namespace nestor {
namespace {

using ::testing::AllOf;
using testing::BenchOutcome;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

BenchOutcome RunPaper(const std::vector<std::string>& more) {
  const std::vector<std::string> files = testing::WriteLabelledData(
      testing::MakeLabelledData({.rows = 400, .queries = 20, .dims = 64}));
  std::vector<std::string> arguments = {"paper", "--repeat", "1"};
  arguments.insert(arguments.end(), files.begin(), files.end());
  arguments.insert(arguments.end(), more.begin(), more.end());
  return testing::RunNestorBench(arguments);
}

TEST(PaperCommandTest, PrintsTheMachineThenEveryExperiment) {
  const BenchOutcome outcome = RunPaper({"--shortlist", "60"});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  size_t at = 0;
  for (const std::string part : {"machine ",
                                 "compiler ",
                                 "kernels ",
                                 "data      base.fbin: 400 rows x 64 dims;",
                                 "Exact search by prefixes",
                                 "mAP@10",
                                 "P@25",
                                 "label R@50",
                                 "exact R@10",
                                 "Adaptive retrieval, mAP@10",
                                 "Funnels",
                                 "32 64",
                                 "Classification",
                                 "tolerance",
                                 "Wall clock",
                                 "exact ",
                                 "exact_prefix ",
                                 "hnsw_full ",
                                 "hnsw_prefix ",
                                 "nestor_hnsw ",
                                 "nestor_flat ",
                                 "At equal mAP@10",
                                 "exact_prefix ",
                                 "nestor_flat ",
                                 "Adaptive retrieval 16 -> 64, K = 60, by scans: 4.0 x in theory",
                                 "x measured"}) {
    at = outcome.out.find(part, at);
    ASSERT_NE(at, std::string::npos) << part << " is missing or misplaced:\n" << outcome.out;
  }
  EXPECT_THAT(outcome.out, Not(HasSubstr("synthetic")));
}

TEST(PaperCommandTest, JsonHasEveryExperimentWithItsFields) {
  const std::string path = testing::WriteFile("paper.json", "");
  ASSERT_EQ(RunPaper({"--json", path, "--dims", "8,32", "--wall-clock-dims", "8"}).exit_code,
            bench::kExitOk);
  const Json document = *bench::ReadJsonFile(path);
  EXPECT_EQ(document["command"], "paper");
  EXPECT_EQ(document["data"]["rows"], 400);
  EXPECT_EQ(document["limit"], 10);
  EXPECT_EQ(document["shortlist"], 200);
  ASSERT_THAT(document["by_prefix"], SizeIs(3));
  for (const char* field : {"dims", "top1", "map_at_10", "neighbour_recall_at_10", "mflops"}) {
    EXPECT_TRUE(document["by_prefix"][0][field].is_number()) << field;
  }
  for (const char* field : {"k", "map", "precision", "label_recall"}) {
    EXPECT_TRUE(document["by_prefix"][0]["at"][3][field].is_number()) << field;
  }
  EXPECT_EQ(document["by_prefix"][2]["neighbour_recall_at_10"], 1.0);
  ASSERT_THAT(document["adaptive"], SizeIs(3));
  EXPECT_EQ(document["adaptive"][1]["shortlist_dims"], 8);
  EXPECT_EQ(document["adaptive"][1]["rerank_dims"].dump(), "[64]");
  EXPECT_EQ(document["adaptive"][1]["mflops"], (8 * 400 + 64 * 200) / 1e6);
  EXPECT_THAT(document["funnel"], SizeIs(2));
  EXPECT_THAT(document["classification"]["fixed"], SizeIs(3));
  for (const char* field : {"tolerance", "mean_dims", "accuracy"}) {
    EXPECT_TRUE(document["classification"]["adaptive"][0][field].is_number()) << field;
  }
  EXPECT_THAT(document["classification"]["adaptive"][0]["thresholds"], SizeIs(2));
  EXPECT_EQ(document["results"][0]["system"], "exact");
  EXPECT_TRUE(document["results"][0]["map_at_10"].is_number());
  EXPECT_EQ(document["speed_up"]["prefix_dims"], 8);
  EXPECT_EQ(document["speed_up"]["theoretical"], 8.0);
  EXPECT_THAT(document["speed_up"]["systems"], SizeIs(6));
}

TEST(PaperCommandTest, NothingIsTimedWithoutScannedQueries) {
  const BenchOutcome outcome = RunPaper({"--scanned-queries", "0", "--wall-clock-dims", "7"});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("Classification"), Not(HasSubstr("Wall clock"))));
}

TEST(PaperCommandTest, DrawsAChart) {
  const std::string path = testing::WriteFile("paper.svg", "");
  ASSERT_EQ(RunPaper({"--scanned-queries", "0", "--svg", path}).exit_code, bench::kExitOk);
  std::ifstream in(path, std::ios::binary);
  const std::string svg{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  EXPECT_THAT(svg, AllOf(StartsWith("<svg xmlns="), HasSubstr("mAP@10, percent"),
                         HasSubstr("funnel from a prefix"), HasSubstr("400 x 64")));
}

TEST(PaperCommandTest, LabelsOfAnotherCountAreExitCode2) {
  testing::LabelledData data = testing::MakeLabelledData({.rows = 30, .dims = 8});
  data.labels.base.push_back(7);
  std::vector<std::string> arguments = testing::WriteLabelledData(data);
  arguments.insert(arguments.begin(), "paper");
  const BenchOutcome outcome = testing::RunNestorBench(arguments);
  EXPECT_EQ(outcome.exit_code, bench::kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("31 labels for 30 vectors"));
}

TEST(PaperCommandTest, OptionsThatDoNotFitAreExitCode2) {
  EXPECT_THAT(RunPaper({"--shortlist", "9"}).err,
              HasSubstr("shortlist of 9 is below the limit 10"));
  EXPECT_THAT(RunPaper({"--dims", "8,128"}).err, HasSubstr("128 dims exceed the 64"));
  EXPECT_THAT(RunPaper({"--dims", "8,8"}).err, HasSubstr("must ascend"));
  const BenchOutcome outcome = RunPaper({"--dims", "8,32"});
  EXPECT_THAT(outcome.err, HasSubstr("prefixes of 16 dims are to be timed"));
  EXPECT_EQ(outcome.exit_code, bench::kExitUsage);
}

TEST(ChoosePrefixesTest, DoublesFromEightToAllDims) {
  EXPECT_THAT(*bench::ChoosePrefixes({}, 64), ElementsAre(8, 16, 32, 64));
  EXPECT_THAT(*bench::ChoosePrefixes({}, 50), ElementsAre(8, 16, 32, 50));
  EXPECT_THAT(*bench::ChoosePrefixes({}, 4), ElementsAre(4));
  EXPECT_THAT(*bench::ChoosePrefixes({10, 20}, 30), ElementsAre(10, 20, 30));
}

}  // namespace
}  // namespace nestor
