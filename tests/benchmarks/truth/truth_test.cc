#include "benchmarks/truth/truth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "benchmarks/ground_truth.h"
#include "benchmarks/temporary_directory.h"
#include "benchmarks/truth_file.h"
#include "tests/benchmarks/bench_files.h"
#include "tests/benchmarks/run_nestor_bench.h"
#include "tests/client/test_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::BenchOutcome;
using nestor::testing::MakeMatrix;
using nestor::testing::RandomMatrix;
using nestor::testing::RunNestorBench;
using nestor::testing::WriteFbin;
using ::testing::HasSubstr;
using ::testing::Not;

class TruthTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return folder_->path() + "/" + name; }

  BenchOutcome Truth(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"truth", "--base", base_file_, "--queries",
                                          queries_file_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunNestorBench(arguments);
  }

  const FloatMatrix base_ = RandomMatrix(60, 12, 1);
  const FloatMatrix queries_ = RandomMatrix(9, 12, 2);
  const std::string base_file_ = WriteFbin("base.fbin", base_);
  const std::string queries_file_ = WriteFbin("queries.fbin", queries_);
  const std::unique_ptr<TemporaryDirectory> folder_ = *TemporaryDirectory::Create();
};

TEST_F(TruthTest, WritesWhatBruteForceFinds) {
  for (const std::string name : {"t.npy", "t.ivecs"}) {
    for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
      const BenchOutcome outcome = Truth({"--out", Path(name), "--limit", "5", "--no-cache",
                                          "--metric", std::string(MetricName(metric))});
      ASSERT_EQ(outcome.exit_code, kExitOk) << outcome.err;
      const auto read = ReadTruth(Path(name), *IdentifyData(base_file_, queries_file_), metric, 5);
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(*read, ExactNeighbours(ExactScorer(base_, metric), base_, queries_, 5, 1));
    }
  }
}

TEST_F(TruthTest, TheSecondTimeItComesFromTheCache) {
  EXPECT_THAT(Truth({"--out", Path("a.npy"), "--limit", "5", "--cache", Path("cache")}).out,
              Not(HasSubstr("from the cache")));
  EXPECT_THAT(Truth({"--out", Path("b.npy"), "--limit", "5", "--cache", Path("cache")}).out,
              HasSubstr("from the cache"));
  const DataIdentity data = *IdentifyData(base_file_, queries_file_);
  EXPECT_EQ(*ReadTruth(Path("a.npy"), data, Metric::kCosine, 5),
            *ReadTruth(Path("b.npy"), data, Metric::kCosine, 5));
}

TEST_F(TruthTest, AnotherBaseMetricOrLimitIsNotFromTheCache) {
  const std::vector<std::string> plain = {"--out", Path("a.npy"), "--limit",
                                          "5",     "--cache",     Path("cache")};
  ASSERT_EQ(Truth(plain).exit_code, kExitOk);
  EXPECT_THAT(Truth({"--out", Path("a.npy"), "--limit", "6", "--cache", Path("cache")}).out,
              Not(HasSubstr("from the cache")));
  EXPECT_THAT(
      Truth({"--out", Path("a.npy"), "--limit", "5", "--cache", Path("cache"), "--metric", "l2"})
          .out,
      Not(HasSubstr("from the cache")));
  WriteFbin("base.fbin", RandomMatrix(60, 12, 3));
  EXPECT_THAT(Truth(plain).out, Not(HasSubstr("from the cache")));
}

TEST_F(TruthTest, ADamagedCacheIsFoundAnew) {
  const std::vector<std::string> arguments = {"--out", Path("a.npy"), "--limit",
                                              "5",     "--cache",     Path("cache")};
  ASSERT_EQ(Truth(arguments).exit_code, kExitOk);
  for (const auto& entry : std::filesystem::directory_iterator(Path("cache"))) {
    if (entry.path().extension() == ".npy") std::filesystem::resize_file(entry.path(), 100);
  }
  const BenchOutcome outcome = Truth(arguments);
  EXPECT_EQ(outcome.exit_code, kExitOk) << outcome.err;
  EXPECT_THAT(outcome.out, Not(HasSubstr("from the cache")));
}

TEST_F(TruthTest, ACacheThatCannotBeWrittenIsSaidAndNoError) {
  const BenchOutcome outcome =
      Truth({"--out", Path("a.npy"), "--limit", "5", "--cache", "/dev/null/cache"});
  EXPECT_EQ(outcome.exit_code, kExitOk);
  EXPECT_THAT(outcome.err, HasSubstr("not cached: "));
}

TEST_F(TruthTest, FilesThatDoNotFitAreExitCode2WithBothNumbers) {
  const BenchOutcome outcome = Truth({"--out", Path("a.npy"), "--limit", "61", "--no-cache"});
  EXPECT_EQ(outcome.exit_code, kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("limit 61 exceeds the 60 rows"));
  WriteFbin("queries.fbin", RandomMatrix(9, 13, 2));
  const BenchOutcome dims = Truth({"--out", Path("a.npy"), "--limit", "5", "--no-cache"});
  EXPECT_EQ(dims.exit_code, kExitUsage);
  EXPECT_THAT(dims.err, HasSubstr("has 12 dims"));
  EXPECT_THAT(dims.err, HasSubstr("has 13"));
}

TEST_F(TruthTest, ValuesWithoutACosineAreExitCode2AndNamed) {
  WriteFbin("base.fbin", MakeMatrix({{1, 2}, {0, 0}, {3, 4}}));
  WriteFbin("queries.fbin", MakeMatrix({{1, 2}}));
  const BenchOutcome outcome = Truth({"--out", Path("a.npy"), "--limit", "2", "--no-cache"});
  EXPECT_EQ(outcome.exit_code, kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("row 1 is zero"));
  EXPECT_FALSE(std::filesystem::exists(Path("a.npy")));
}

TEST_F(TruthTest, AnUnknownSuffixIsExitCode2BeforeAnyWork) {
  const BenchOutcome outcome = Truth({"--out", Path("a.txt"), "--no-cache"});
  EXPECT_EQ(outcome.exit_code, kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("a.txt: the name does not end in"));
}

TEST_F(TruthTest, AMissingFileIsExitCode1) {
  const BenchOutcome outcome = RunNestorBench({"truth", "--base", "/nonexistent/b.npy", "--queries",
                                               queries_file_, "--out", Path("a.npy")});
  EXPECT_EQ(outcome.exit_code, kExitFailed);
  EXPECT_THAT(outcome.err, HasSubstr("/nonexistent/b.npy"));
}

}  // namespace
}  // namespace nestor::bench
