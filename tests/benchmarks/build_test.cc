// `nestor-bench build` at a tiny size.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmarks/command_line.h"
#include "tests/benchmarks/bench_files.h"
#include "tests/benchmarks/run_nestor_bench.h"

namespace nestor::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

TEST(BuildTest, PrintsALineForEachIndexAndItsBaseline) {
  const BenchOutcome outcome =
      RunNestorBench({"build", "--base", WriteFbin("base.fbin", RandomMatrix(300, 70, 1)), "--rows",
                      "200", "--prefix-dims", "100", "--build-threads", "2", "--repeat", "1"});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("base.fbin: 200 rows x 70 dims; 2 threads build"));
  EXPECT_THAT(outcome.out, ContainsRegex("hnswlib +64 +[0-9.]+ +-"));
  EXPECT_THAT(outcome.out, ContainsRegex("graph +70 +[0-9.]+ +[0-9.]+"));
  EXPECT_THAT(outcome.out, ContainsRegex("FAISS IVF +64 +[0-9.]+ +-"));
  EXPECT_THAT(outcome.out, ContainsRegex("lists +64 +[0-9.]+ +[0-9.]+"));
}

TEST(BuildTest, AFileThatIsNotThereIsExitCode1) {
  const BenchOutcome outcome = RunNestorBench({"build", "--base", "/nowhere/base.fbin"});
  EXPECT_EQ(outcome.exit_code, bench::kExitFailed);
  EXPECT_THAT(outcome.err, HasSubstr("/nowhere/base.fbin"));
}

}  // namespace
}  // namespace nestor::testing
