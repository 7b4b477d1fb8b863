#include "client/size_plan.h"

#include <sstream>

#include "client/commands/size_table.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/run_nestor.h"

namespace nestor {
namespace {

using ::testing::HasSubstr;
using testing::Outcome;
using testing::RunNestor;

TEST(ParseCountTest, TakesUnits) {
  EXPECT_EQ(ParseCount("1"), 1u);
  EXPECT_EQ(ParseCount("250k"), 250'000u);
  EXPECT_EQ(ParseCount("1.5M"), 1'500'000u);
  EXPECT_EQ(ParseCount("1_000_000"), 1'000'000u);
  EXPECT_EQ(ParseCount("2G"), 2'000'000'000u);
  for (const char* text : {"", "M", "0", "-1", "0.1", "10x", "1e30", "nan"}) {
    EXPECT_FALSE(ParseCount(text).has_value()) << text;
  }
}

TEST(BytesTextTest, HasTwoDigitsOrMore) {
  EXPECT_EQ(BytesText(999), "999 B");
  EXPECT_EQ(BytesText(1500), "1.5 kB");
  EXPECT_EQ(BytesText(2.13e9), "2.1 GB");
  EXPECT_EQ(BytesText(640e6), "640 MB");
}

TEST(PlanCommandTest, NeedsNoServer) {
  const Outcome outcome =
      RunNestor({"plan", "--points", "10M", "--dims", "768", "--server", "127.0.0.1:1"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("10000000 points x 768 dims"));
  EXPECT_THAT(outcome.out, HasSubstr("prefix codes   64"));
  EXPECT_THAT(outcome.out, HasSubstr("memory: 2.0 GB that must be there"));
  const Outcome json = RunNestor({"plan", "--points", "10M", "--dims", "768", "--json"});
  const Json plan = json.JsonLines().at(0);
  EXPECT_EQ(plan["points"], 10'000'000);
  EXPECT_EQ(plan["parts"].size(), 5);
  EXPECT_GT(plan["disk_bytes"], plan["cached_bytes"]);
}

TEST(PlanCommandTest, RefusesWhatCannotBe) {
  EXPECT_EQ(RunNestor({"plan", "--points", "many", "--dims", "768"}).exit_code, 2);
  EXPECT_EQ(RunNestor({"plan", "--points", "10M", "--dims", "0"}).exit_code, 2);
  EXPECT_EQ(RunNestor({"plan", "--points", "10M"}).exit_code, 2);
}

}  // namespace
}  // namespace nestor
