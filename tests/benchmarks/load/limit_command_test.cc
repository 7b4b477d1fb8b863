// `nestor-bench limit`, against a whole server.

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

TEST(LimitCommandTest, ReportsEveryProbe) {
  LoadedServer server;
  server.Load();
  const BenchOutcome outcome =
      server.ShortBench({"limit", "--base", server.base(), "--exact", "--p99", "1h", "--first-rate",
                         "100", "--highest-rate", "200"});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  const Json json = server.ReadJson();
  EXPECT_EQ(json["command"], "limit");
  EXPECT_EQ(json["goal"]["recall"], 0.95);
  ASSERT_GE(json["probes"].size(), 1U);
  const Json& probe = json["probes"][0];
  EXPECT_EQ(probe["offered_rate"], 100.0);
  EXPECT_EQ(probe["held"], probe["verdict"] == "held");
  EXPECT_EQ(probe["recall_at_k"], 1.0);
  EXPECT_TRUE(probe["latency_ms"]["p99"].is_number());
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("100.0/s"), HasSubstr("p99 <= 1h and recall >= 0.95")));
}

TEST(LimitCommandTest, ARecallThatThePlanDoesNotHaveIsNotSoughtAtEveryRate) {
  LoadedServer server;
  server.Load({"--prefix-dims", "4"});
  // Ten candidates by a quarter of the dims are not the ten neighbours.
  const BenchOutcome outcome =
      server.ShortBench({"limit", "--base", server.base(), "--funnel", "10", "--p99", "1h",
                         "--recall", "1", "--first-rate", "1000"});
  ASSERT_EQ(outcome.exit_code, bench::kExitOk) << outcome.err;
  const Json json = server.ReadJson();
  EXPECT_TRUE(json["limit_rate"].is_null());
  EXPECT_THAT(outcome.out, HasSubstr("No rate was found"));
  EXPECT_EQ(json["probes"].size(), 2U);
  EXPECT_NE(json["limited_by"], "held");
}

}  // namespace
}  // namespace nestor
