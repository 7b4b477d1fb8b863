#include "benchmarks/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/benchmarks/run_nestor_bench.h"

namespace nestor {
namespace {

using ::testing::AllOf;
using testing::BenchOutcome;
using ::testing::HasSubstr;
using testing::RunNestorBench;

TEST(BenchCommandLineTest, HelpOfEverySubcommandHasAnExample) {
  for (const std::string command :
       {"engine", "build", "filters", "calls", "demo", "load", "run", "limit", "sweep", "gen",
        "truth", "convert", "report", "compare"}) {
    const BenchOutcome outcome = RunNestorBench({command, "--help"});
    EXPECT_EQ(outcome.exit_code, bench::kExitOk);
    EXPECT_THAT(outcome.out, AllOf(HasSubstr("Example:"), HasSubstr("nestor-bench " + command)));
  }
}

TEST(BenchCommandLineTest, BadUsageIsExitCode2) {
  EXPECT_EQ(RunNestorBench({}).exit_code, bench::kExitUsage);
  EXPECT_EQ(RunNestorBench({"fly"}).exit_code, bench::kExitUsage);
  EXPECT_EQ(RunNestorBench({"engine"}).exit_code, bench::kExitUsage);
  const std::vector<std::string> files = {"engine", "--base", "a.npy", "--queries", "b.npy"};
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"--metric", "manhattan"},
                                             {"--index", "tree"},
                                             {"--limit", "0"},
                                             {"--prefix-bits", "7"},
                                             {"--recall", "1.5"},
                                             {"--repeat", "0"},
                                             {"--labels", "c.npy"}}) {
    std::vector<std::string> arguments = files;
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    EXPECT_EQ(RunNestorBench(arguments).exit_code, bench::kExitUsage) << wrong[0];
  }
}

TEST(BenchCommandLineTest, AMissingFileIsExitCode1AndNamed) {
  const BenchOutcome outcome =
      RunNestorBench({"engine", "--base", "missing.npy", "--queries", "missing.npy"});
  EXPECT_EQ(outcome.exit_code, bench::kExitFailed);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("nestor-bench engine: "), HasSubstr("missing.npy")));
}

}  // namespace
}  // namespace nestor
