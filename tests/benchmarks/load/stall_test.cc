// What the whole tool is for: a stall of the server is in the percentiles.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "benchmarks/command_line.h"
#include "client/json.h"
#include "tests/benchmarks/bench_files.h"
#include "tests/benchmarks/load/stalling_server.h"
#include "tests/benchmarks/run_nestor_bench.h"
#include "tests/testing/temp_dir.h"

namespace nestor::testing {
namespace {

// Of 10,000 calls, those of two seconds, a tenth, wait for the end of the stall, from 2 s down to
// nothing: one in a hundred of all for 1.8 s or more. (This test takes the 20 s that it is about.)
TEST(StallTest, AStallOfTwoSecondsIsInTheP99OfAnOpenLoop) {
  const StallingServer server(/*after=*/absl::Seconds(8), /*stall=*/absl::Seconds(2));
  const TempDir directory;
  const std::string json = directory.Join("run.json");
  const BenchOutcome outcome =
      RunNestorBench({"run", "--server", server.address(), "--collection", "docs", "--queries",
                      WriteFbin("queries.fbin", MakeMatrix({{1, 2}, {3, 4}})), "--truth",
                      WriteIvecs("truth.ivecs", {{0, 1}, {0, 2}}), "--limit", "2", "--rate", "500",
                      "--seconds", "20", "--warmup", "0", "--json", json});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  std::ifstream file(json);
  const Json report = Json::parse(file, nullptr, /*allow_exceptions=*/false);
  EXPECT_GE(report["latency_ms"]["p99"], 1500.0) << outcome.out;
  EXPECT_GE(report["latency_ms"]["max"], 1900.0);
  EXPECT_GE(report["client"]["most_in_flight"], 500) << "it sent on while nobody answered";
  EXPECT_EQ(report["windows"].size(), 20U);
  EXPECT_NEAR(report["recall_at_k"], 0.75, 0.01);
  EXPECT_TRUE(report["server"].is_null()) << "it has no service to say what it uses";
}

TEST(StallTest, ALoadWithoutAnyAnswerIsNotValid) {
  const StallingServer server(/*after=*/absl::ZeroDuration(), /*stall=*/absl::Hours(1));
  const TempDir directory;
  const std::string json = directory.Join("run.json");
  const BenchOutcome outcome =
      RunNestorBench({"run",
                      "--server",
                      server.address(),
                      "--collection",
                      "docs",
                      "--queries",
                      WriteFbin("queries.fbin", MakeMatrix({{1, 2}, {3, 4}})),
                      "--truth",
                      WriteIvecs("truth.ivecs", {{0, 1}, {0, 2}}),
                      "--limit",
                      "2",
                      "--rate",
                      "300",
                      "--timeout",
                      "20ms",
                      "--seconds",
                      "0.5",
                      "--warmup",
                      "0",
                      "--json",
                      json});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  std::ifstream file(json);
  const Json report = Json::parse(file, nullptr, /*allow_exceptions=*/false);
  EXPECT_EQ(report["valid"], false);
  EXPECT_GT(report["errors"]["DEADLINE_EXCEEDED"], 0);
  EXPECT_TRUE(report["recall_at_k"].is_null());
  EXPECT_TRUE(report["latency_ms"]["p50"].is_number()) << "so long they waited at least";
  EXPECT_THAT(outcome.out, ::testing::HasSubstr("no search was answered"));
}

}  // namespace
}  // namespace nestor::testing
