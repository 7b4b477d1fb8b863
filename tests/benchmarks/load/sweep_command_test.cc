// `nestor-bench sweep`, against a whole server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmarks/command_line.h"
#include "tests/benchmarks/load/loaded_server.h"

namespace nestor {
namespace {

using ::testing::AllOf;
using testing::BenchOutcome;
using ::testing::HasSubstr;
using testing::LoadedServer;

TEST(SweepCommandTest, ComparesPlansAndMarksTheFrontier) {
  LoadedServer server;
  server.Load();
  const BenchOutcome outcome =
      server.ShortBench({"sweep", "--base", server.base(), "--plans",
                         "recall:0.9,funnel:50:60,exact", "--concurrency", "2"});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  const Json json = server.ReadJson();
  EXPECT_EQ(json["command"], "sweep");
  EXPECT_EQ(json["mode"], "closed loop");
  ASSERT_EQ(json["results"].size(), 3U);
  EXPECT_EQ(json["results"][1]["params"]["plan"], "funnel:50:60");
  EXPECT_EQ(json["results"][2]["recall_at_k"], 1.0);
  bool any = false;
  for (const Json& result : json["results"]) {
    any = any || result["pareto"].get<bool>();
    EXPECT_GT(result["qps"], 0.0);
  }
  EXPECT_TRUE(any);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("closed loop, 2"), HasSubstr("funnel:50:60"),
                                 HasSubstr("* no other valid plan")));
}

TEST(SweepCommandTest, AtARateItIsAnOpenLoop) {
  LoadedServer server;
  server.Load();
  const BenchOutcome outcome =
      server.ShortBench({"sweep", "--base", server.base(), "--plans", "exact", "--rate", "200"});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  const Json json = server.ReadJson();
  EXPECT_EQ(json["mode"], "open loop");
  EXPECT_EQ(json["results"][0]["mode"], "open loop");
  EXPECT_EQ(json["results"][0]["params"]["rate"], 200.0);
  EXPECT_EQ(json["results"][0]["pareto"], json["results"][0]["valid"]);
}

TEST(SweepCommandTest, BadPlansAreBadUsage) {
  LoadedServer server;
  const BenchOutcome outcome =
      server.ShortBench({"sweep", "--base", server.base(), "--plans", "exact,fast"});
  EXPECT_EQ(outcome.exit_code, bench::kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("plan 'fast' is not"));
}

}  // namespace
}  // namespace nestor
