// `nestor-bench calls` at a tiny size, against a whole server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmarks/command_line.h"
#include "tests/benchmarks/bench_files.h"
#include "tests/benchmarks/run_nestor_bench.h"
#include "tests/server/running_server.h"

namespace nestor::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

BenchOutcome RunCalls(const std::string& server) {
  return RunNestorBench({"calls", "--server", server, "--base",
                         WriteFbin("base.fbin", RandomMatrix(40, 16, 1)), "--queries",
                         WriteFbin("queries.fbin", RandomMatrix(6, 16, 2)), "--singles", "3",
                         "--points", "40", "--batch", "8", "--repeat", "1"});
}

TEST(CallsTest, PrintsALineForEachWayToWriteAndToSearch) {
  RunningServer server;
  server.Recover();
  const BenchOutcome outcome = RunCalls(server.address());
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  for (const std::string line : {"unary, one by one", "unary, batches of 8", "stream, one by one",
                                 "stream, chunks of 8", "unary", "batches of 8", "stream"}) {
    EXPECT_THAT(outcome.out, ContainsRegex(line + " +[0-9]+ +[0-9.]+ x")) << line;
  }
  EXPECT_THAT(outcome.out, HasSubstr("base.fbin: 40 rows x 16 dims; queries.fbin: 6 queries"));
}

TEST(CallsTest, AServerThatIsNotThereIsExitCode1) {
  const BenchOutcome outcome = RunCalls("127.0.0.1:1");
  EXPECT_EQ(outcome.exit_code, bench::kExitFailed);
  EXPECT_THAT(outcome.err, HasSubstr("127.0.0.1:1"));
}

}  // namespace
}  // namespace nestor::testing
