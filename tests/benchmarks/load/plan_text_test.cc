#include "benchmarks/load/plan_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nestor::bench {
namespace {

using ::testing::HasSubstr;

v1::SearchPlan Plan(const char* text, FunnelEffort effort = FunnelEffort::kEf) {
  const absl::StatusOr<NamedPlan> plan = ParsePlan(text, effort);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return plan.ok() ? plan->plan : v1::SearchPlan();
}

TEST(PlanTextTest, ReadsEveryKindOfPlan) {
  EXPECT_FLOAT_EQ(Plan("recall:0.95").adaptive().recall_target(), 0.95F);
  EXPECT_TRUE(Plan("exact").has_exact());
  EXPECT_EQ(Plan("default").strategy_case(), v1::SearchPlan::STRATEGY_NOT_SET);
  EXPECT_EQ(Plan("funnel:100").funnel().shortlist().size(), 100U);
  EXPECT_EQ(Plan("funnel:100").funnel().shortlist().ef(), 0U);
}

TEST(PlanTextTest, TheEffortOfAFunnelIsWhatItsIndexUnderstands) {
  EXPECT_EQ(Plan("funnel:100:200").funnel().shortlist().ef(), 200U);
  EXPECT_EQ(Plan("funnel:100:8", FunnelEffort::kNprobe).funnel().shortlist().nprobe(), 8U);
  EXPECT_EQ(Plan("funnel:100:8", FunnelEffort::kNprobe).funnel().shortlist().ef(), 0U);
}

TEST(PlanTextTest, RefusesAnythingElse) {
  for (const char* text :
       {"", "fast", "exact:1", "recall", "recall:", "recall:2", "recall:0", "recall:0.9:1",
        "funnel", "funnel:", "funnel:0", "funnel:10:0", "funnel:10:20:30", "funnel:-1"}) {
    const absl::Status status = ParsePlan(text, FunnelEffort::kEf).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(std::string("plan '") + text + "'"));
  }
}

TEST(PlanTextTest, AListHasEveryPlanOnce) {
  EXPECT_EQ(ParsePlans("recall:0.9,exact", FunnelEffort::kEf)->size(), 2U);
  EXPECT_THAT(std::string(ParsePlans("exact,exact", FunnelEffort::kEf).status().message()),
              HasSubstr("plan 'exact' is there twice"));
  EXPECT_FALSE(ParsePlans("", FunnelEffort::kEf).ok());
}

}  // namespace
}  // namespace nestor::bench
