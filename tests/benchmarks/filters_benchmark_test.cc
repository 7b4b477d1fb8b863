// `nestor-bench filters` at a tiny size.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmarks/command_line.h"
#include "tests/benchmarks/bench_files.h"
#include "tests/benchmarks/run_nestor_bench.h"

namespace nestor {
namespace {

using ::testing::AllOf;
using testing::BenchOutcome;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RandomMatrix;
using testing::RunNestorBench;
using testing::WriteFbin;

BenchOutcome RunFilters(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"filters",
                                        "--base",
                                        WriteFbin("base.fbin", RandomMatrix(300, 80, 1)),
                                        "--queries",
                                        WriteFbin("queries.fbin", RandomMatrix(8, 80, 2)),
                                        "--repeat",
                                        "1",
                                        "--regions",
                                        "20"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return RunNestorBench(arguments);
}

// 300 rows are always scanned, so recall is 1 whatever the filter; times are not judged here.
TEST(FiltersBenchmarkTest, PrintsTheMachineThenALineForEachIndexAndFilter) {
  const BenchOutcome outcome = RunFilters({"--keep", "0.5,0.001", "--keep-regions", "0.1"});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  size_t at = 0;
  for (const std::string part :
       {"machine ", "compiler ", "kernels ", "data      base.fbin: 300 rows x 80 dims;",
        "queries.fbin: 8 queries; cosine", "recall@10", "hnsw   independent 50 %", "near 10 %",
        "far 10 %", "ivf    independent 50 %", "near 10 %", "far 10 %"}) {
    at = outcome.out.find(part, at);
    ASSERT_NE(at, std::string::npos) << part << " is missing or misplaced:\n" << outcome.out;
  }
  EXPECT_THAT(outcome.out, ContainsRegex("independent 50 % +150 +100.0 +1.0000 +100.0 "));
  EXPECT_THAT(outcome.out, ContainsRegex("independent 0.1 % +1 +100.0 +1.0000 +100.0 "));
  EXPECT_THAT(outcome.out, Not(HasSubstr("recall 0.")));
}

TEST(FiltersBenchmarkTest, EveryMetricRuns) {
  for (const std::string metric : {"dot", "l2"}) {
    const BenchOutcome outcome = RunFilters({"--metric", metric, "--index", "flat"});
    EXPECT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
    EXPECT_THAT(outcome.out, AllOf(HasSubstr("queries; " + metric), HasSubstr("flat   near 90 %")));
  }
}

TEST(FiltersBenchmarkTest, BadSharesAndFilesThatDoNotFitAreExitCode2) {
  EXPECT_EQ(RunFilters({"--keep", "0"}).exit_code, bench::kExitUsage);
  EXPECT_EQ(RunFilters({"--keep-regions", "1.5"}).exit_code, bench::kExitUsage);
  EXPECT_EQ(RunFilters({"--regions", "0"}).exit_code, bench::kExitUsage);
  const BenchOutcome outcome = RunFilters({"--rows", "9"});
  EXPECT_EQ(outcome.exit_code, bench::kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("limit 10 exceeds the 9 rows"));
}

}  // namespace
}  // namespace nestor
