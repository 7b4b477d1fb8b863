#include "engine/planner.h"

#include <string>
#include <vector>

#include "engine/limits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"

namespace nestor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CollectionSpec PlannedSpec() {
  return {.name = "docs", .dims = 512, .matryoshka_dims = {}, .labels = {}, .payload_indexes = {}};
}

std::vector<std::string> Problems(const PlanRequest& request, size_t top) {
  Violations violations;
  ValidatePlanRequest(request, PlannedSpec(), top, &violations);
  std::vector<std::string> problems;
  for (const Violations::Violation& violation : violations.list()) {
    problems.push_back(violation.field + ": " + violation.problem);
  }
  return problems;
}

FunnelRequest Funnel(uint32_t size, std::vector<Stage> stages = {}) {
  FunnelRequest funnel;
  funnel.shortlist_size = size;
  funnel.stages = std::move(stages);
  return funnel;
}

TEST(MakePlanTest, GoesByTheCalibrationIfThereIsOne) {
  const ResolvedSpec spec = testing::Resolve(PlannedSpec());
  const CalibratedPlan cheap = {.effort = {.size = 40, .ef = 40, .nprobe = 2, .margin = {10, 0.1f}},
                                .recall = 0.91,
                                .promised = 0.9,
                                .cost = {}};
  const CalibratedPlan exact = {.exact = true, .recall = 1, .promised = 1, .cost = {}};
  const Calibration calibration = {
      .tables = {{.top = 10, .queries = 500, .plans = {cheap, exact}}}};
  const RowCounts rows = {1'000'000, 1'000'000};
  const auto plan_for = [&](float target, size_t top) {
    return MakePlan(AdaptiveRequest{target}, spec, top, rows, &calibration);
  };
  EXPECT_EQ(plan_for(0.9f, 10).shortlist, cheap.effort);
  EXPECT_EQ(plan_for(0.9f, 10).expected_recall, 0.91);
  EXPECT_TRUE(plan_for(0.95f, 10).exact);
  EXPECT_GE(plan_for(0.9f, 10).exact_rows, 10u);

  // For more hits than were measured, and without a calibration: the careful rule, and no estimate.
  for (const Plan& plan : {plan_for(0.9f, 11), MakePlan(AdaptiveRequest{0.9f}, spec, 10, rows)}) {
    EXPECT_FALSE(plan.exact);
    EXPECT_EQ(plan.shortlist.margin.top, 0u);
    EXPECT_FALSE(plan.expected_recall.has_value());
  }
  std::string text;
  plan_for(0.9f, 10).Describe(512, &text);
  EXPECT_EQ(text.substr(0, text.find(" -> exact")),
            "shortlist 40 (ef 40, nprobe 2, margin 0.1) -> 512d");
  EXPECT_EQ(text.substr(text.find(", calibrated")), ", calibrated: recall 0.910");
}

TEST(MakePlanTest, HasTheStageThatWasCalibrated) {
  CollectionSpec wide = PlannedSpec();
  wide.dims = 2048;
  const ResolvedSpec spec = testing::Resolve(wide);
  const CalibratedPlan staged = {
      .effort = {.size = 200, .ef = 200}, .stage = {500, 40}, .promised = 0.9, .cost = {}};
  const Calibration calibration = {.tables = {{.top = 10, .queries = 500, .plans = {staged}}}};
  const Plan plan = MakePlan(AdaptiveRequest{0.9f}, spec, 10, {1'000'000, 1'000'000}, &calibration);
  ASSERT_EQ(plan.stages.size(), 1u);
  EXPECT_EQ(plan.stages[0], (Stage{512, 40})) << "whole blocks";
}

class TimedPlanTest : public ::testing::Test {
 protected:
  Plan PlanFor(const AdaptiveRequest& request, const TimeLeft& time_left) const {
    return MakePlan(request, spec_, 10, {1'000'000, 1'000'000}, &calibration_, time_left);
  }
  static CalibratedPlan PlanOf(size_t size, double promised, int cost_us) {
    return {.effort = {.size = size, .ef = size, .nprobe = 1},
            .recall = promised + 0.01,
            .promised = promised,
            .cost = absl::Microseconds(cost_us)};
  }

  const ResolvedSpec spec_ = testing::Resolve(PlannedSpec());
  const Calibration calibration_ = {
      .tables = {
          {.top = 10,
           .queries = 500,
           .plans = {
               PlanOf(20, 0.8, 10),
               PlanOf(40, 0.9, 20),
               PlanOf(80, 0.95, 50),
               {.exact = true, .recall = 1, .promised = 1, .cost = absl::Microseconds(900)}}}}};
};

TEST_F(TimedPlanTest, IsTheBestThatFitsTwice) {
  const auto plan_for = [&](int us) {
    return PlanFor({0.95f}, {.now = absl::Microseconds(us), .on_arrival = absl::Microseconds(us)});
  };
  EXPECT_EQ(plan_for(100).shortlist.size, 80u);
  EXPECT_EQ(plan_for(100).shortfall, Shortfall::kNone);
  EXPECT_EQ(plan_for(99).shortlist.size, 40u);
  EXPECT_EQ(plan_for(99).shortfall, Shortfall::kTime);
  EXPECT_DOUBLE_EQ(plan_for(99).expected_recall.value(), 0.91);
  EXPECT_EQ(plan_for(39).shortlist.size, 20u);
  EXPECT_EQ(plan_for(-5).shortlist.size, 20u) << "something is better than nothing";
  EXPECT_EQ(plan_for(-5).shortfall, Shortfall::kTime);
  std::string text;
  plan_for(39).Describe(512, &text);
  EXPECT_THAT(text, ::testing::EndsWith("recall 0.810, all that the time allows"));
}

TEST_F(TimedPlanTest, BlamesTheLoadForWhatWaitingTook) {
  const TimeLeft left = {.now = absl::Microseconds(45), .on_arrival = absl::Milliseconds(1)};
  EXPECT_EQ(PlanFor({0.95f}, left).shortlist.size, 40u);
  EXPECT_EQ(PlanFor({0.95f}, left).shortfall, Shortfall::kLoad);
  EXPECT_EQ(PlanFor({0.9f}, left).shortfall, Shortfall::kNone);
}

TEST_F(TimedPlanTest, MayBecomeAScanWhereThereIsTimeForOne) {
  Calibration calibration = calibration_;
  calibration.tables.push_back(calibration.tables[0]);
  calibration.tables[1].share = 0.5;
  const RowCounts all = {1'000'000, 1'000'000}, half = {1'000'000, 500'000};
  const auto plan_for = [&](const RowCounts& rows, const TimeLeft& left) {
    return MakePlan(AdaptiveRequest{0.95f}, spec_, 10, rows, &calibration, left);
  };
  const auto within = [](int us, int us_on_arrival) {
    return TimeLeft{absl::Microseconds(us), absl::Microseconds(us_on_arrival)};
  };
  EXPECT_TRUE(plan_for(half, {}).exact_if_cut_off);
  EXPECT_FALSE(plan_for(all, {}).exact_if_cut_off) << "nothing but what is deleted is left out";
  EXPECT_TRUE(plan_for(half, within(1800, 1800)).exact_if_cut_off);
  EXPECT_FALSE(plan_for(half, within(1799, 1799)).exact_if_cut_off);
  EXPECT_EQ(plan_for(half, within(1799, 1799)).shortfall_if_cut_off, Shortfall::kTime);
  EXPECT_EQ(plan_for(half, within(1799, 1800)).shortfall_if_cut_off, Shortfall::kLoad);

  // Without a calibration by what scanning so many bytes takes: 64 ms of 512 dims, an eighth of a
  // second with what it may take longer.
  const auto careful = [&](const RowCounts& rows, absl::Duration now) {
    return MakePlan(AdaptiveRequest{0.95f}, spec_, 10, rows, nullptr, {.now = now});
  };
  EXPECT_TRUE(careful(half, absl::InfiniteDuration()).exact_if_cut_off);
  EXPECT_FALSE(careful(all, absl::InfiniteDuration()).exact_if_cut_off);
  EXPECT_TRUE(careful(half, absl::Milliseconds(130)).exact_if_cut_off);
  EXPECT_FALSE(careful(half, absl::Milliseconds(120)).exact_if_cut_off);
  EXPECT_FALSE(MakePlan(Funnel(100), spec_, 10, half).exact_if_cut_off);
  EXPECT_FALSE(MakePlan(EffortRequest{}, spec_, 10, half).exact_if_cut_off);
}

TEST_F(TimedPlanTest, WhatIsWantedOfEachSearchIsExactWhereNothingElseCanPromiseIt) {
  EXPECT_TRUE(PlanFor({0.9f, 0.9f}, {}).exact);  // no query was counted
  EXPECT_TRUE(MakePlan(AdaptiveRequest{0.9f, 0.9f}, spec_, 10, {1'000'000, 1'000'000}).exact);
  const Plan in_time = PlanFor({0.9f, 0.9f}, {.now = absl::Microseconds(100)});
  EXPECT_EQ(in_time.shortlist.size, 80u);
  EXPECT_EQ(in_time.shortfall, Shortfall::kLoad);
}

TEST(MakePlanTest, AnEffortIsTakenAsItIs) {
  const ResolvedSpec spec = testing::Resolve(PlannedSpec());
  const ShortlistEffort effort = {.size = 40, .ef = 50, .nprobe = 2, .margin = {10, 0.1f}};
  const Plan plan = MakePlan(EffortRequest{effort}, spec, 10, {1000, 1000});
  EXPECT_EQ(plan.shortlist, effort);
  EXPECT_FALSE(plan.exact);
}

TEST(ValidatePlanRequestTest, AcceptsWhatIsInRange) {
  EXPECT_THAT(Problems(AdaptiveRequest{0}, 10), IsEmpty());
  EXPECT_THAT(Problems(AdaptiveRequest{0.999f, 0.5f}, 10), IsEmpty());
  EXPECT_THAT(Problems(ExactRequest{}, 10), IsEmpty());
  EXPECT_THAT(Problems(Funnel(10), 10), IsEmpty());
  EXPECT_THAT(Problems(Funnel(kMaxShortlist), 10), IsEmpty());
  EXPECT_THAT(Problems(Funnel(400, {{128, 400}, {256, 50}, {512, 10}}), 10), IsEmpty());
}

TEST(ValidatePlanRequestTest, RefusesARecallOutsideZeroToOne) {
  EXPECT_THAT(Problems(AdaptiveRequest{1.5}, 10),
              ElementsAre("plan.adaptive.recall_target: 1.5 is not between 0 and 1; all of it "
                          "takes an exact plan"));
  EXPECT_THAT(Problems(AdaptiveRequest{-0.5}, 10),
              ElementsAre("plan.adaptive.recall_target: -0.5 is not between 0 and 1; all of it "
                          "takes an exact plan"));
  EXPECT_THAT(Problems(AdaptiveRequest{std::numeric_limits<float>::quiet_NaN()}, 10),
              ElementsAre("plan.adaptive.recall_target: nan is not between 0 and 1; all of it "
                          "takes an exact plan"));
}

TEST(ValidatePlanRequestTest, RefusesAShortlistTooShortOrTooLong) {
  EXPECT_THAT(Problems(Funnel(9), 10),
              ElementsAre("plan.funnel.shortlist.size: 9 is not in limit + offset 10 to 100000"));
  EXPECT_THAT(
      Problems(Funnel(100001), 10),
      ElementsAre("plan.funnel.shortlist.size: 100001 is not in limit + offset 10 to 100000"));
}

TEST(ValidatePlanRequestTest, RefusesEffortOutOfRange) {
  FunnelRequest funnel = Funnel(100);
  funnel.ef = 99;
  funnel.nprobe = 65537;
  EXPECT_THAT(Problems(funnel, 10),
              ElementsAre("plan.funnel.shortlist.ef: 99 is not in shortlist.size 100 to 100000",
                          "plan.funnel.shortlist.nprobe: 65537 exceeds 65536"));
}

TEST(ValidatePlanRequestTest, RefusesStagesOutOfOrderAndNamesEachOfThem) {
  EXPECT_THAT(Problems(Funnel(100, {{256, 50}, {256, 60}, {1024, 5}}), 10),
              ElementsAre("plan.funnel.stages[1].dims: 256 does not ascend after 256",
                          "plan.funnel.stages[1].keep: 60 exceeds the 50 candidates that reach it",
                          "plan.funnel.stages[2].dims: 1024 exceeds dims 512",
                          "plan.funnel.stages[2].keep: 5 is below limit + offset 10"));
}

TEST(ValidatePlanRequestTest, RefusesTooManyStages) {
  std::vector<Stage> stages;
  for (uint32_t i = 1; i <= 9; ++i) stages.push_back({i, 100});
  EXPECT_THAT(Problems(Funnel(100, stages), 10),
              ElementsAre("plan.funnel.stages: 9 stages exceed 8"));
}

RowCounts All(size_t rows) { return {rows, rows}; }

TEST(MakePlanTest, AdaptiveWorksHarderForAHigherRecall) {
  const ResolvedSpec spec = testing::Resolve(PlannedSpec());
  constexpr size_t kRows = 10'000'000;
  Plan before;
  for (float recall = 0.05f; recall < 1; recall += 0.05f) {
    const Plan plan = MakePlan(AdaptiveRequest{recall}, spec, 10, All(kRows));
    SCOPED_TRACE(recall);
    EXPECT_FALSE(plan.exact);
    EXPECT_GE(plan.shortlist.size, before.shortlist.size);
    EXPECT_GE(plan.shortlist.ef, before.shortlist.ef);
    EXPECT_GE(plan.shortlist.nprobe, before.shortlist.nprobe);
    EXPECT_GE(plan.exact_rows, before.exact_rows);
    EXPECT_GE(plan.shortlist.size, 10u);
    before = plan;
  }
  EXPECT_TRUE(MakePlan(AdaptiveRequest{1}, spec, 10, All(kRows)).exact);
}

TEST(MakePlanTest, AdaptiveWorksHarderForMoreHits) {
  const ResolvedSpec spec = testing::Resolve(PlannedSpec());
  Plan before;
  for (size_t top : {1, 10, 100, 1000, 11000}) {
    const Plan plan = MakePlan(AdaptiveRequest{0.9f}, spec, top, All(10'000'000));
    EXPECT_GT(plan.shortlist.size, before.shortlist.size);
    EXPECT_GE(plan.exact_rows, top);
    EXPECT_LE(plan.shortlist.size, kMaxShortlist);
    before = plan;
  }
}

TEST(MakePlanTest, AdaptiveUsesTheCollectionsDefaultWhenNoRecallIsAskedFor) {
  CollectionSpec wanted = PlannedSpec();
  wanted.default_recall_target = 0.8f;
  const ResolvedSpec spec = testing::Resolve(wanted);
  std::string by_default, by_target;
  MakePlan(AdaptiveRequest{0}, spec, 10, All(1'000'000)).Describe(512, &by_default);
  MakePlan(AdaptiveRequest{0.8f}, spec, 10, All(1'000'000)).Describe(512, &by_target);
  EXPECT_EQ(by_default, by_target);
}

TEST(MakePlanTest, AdaptiveIsExactWhenTheShortlistWouldBeEverything) {
  const ResolvedSpec spec = testing::Resolve(PlannedSpec());
  EXPECT_TRUE(MakePlan(AdaptiveRequest{0.95f}, spec, 10, All(0)).exact);
  EXPECT_TRUE(MakePlan(AdaptiveRequest{0.95f}, spec, 10, All(100)).exact);
  EXPECT_FALSE(MakePlan(AdaptiveRequest{0.95f}, spec, 10, All(100'000)).exact);
}

// Scanning costs what the matching rows cost; an index has to look further, the fewer rows match.
TEST(MakePlanTest, AdaptiveScansWhatANarrowFilterKeeps) {
  const ResolvedSpec spec = testing::Resolve(PlannedSpec());
  constexpr size_t kRows = 1'000'000;
  EXPECT_FALSE(MakePlan(AdaptiveRequest{0.95f}, spec, 10, All(kRows)).exact);
  EXPECT_FALSE(MakePlan(AdaptiveRequest{0.95f}, spec, 10, {kRows, kRows / 2}).exact);
  EXPECT_TRUE(MakePlan(AdaptiveRequest{0.95f}, spec, 10, {kRows, kRows / 100}).exact);
  EXPECT_TRUE(MakePlan(AdaptiveRequest{0.95f}, spec, 10, {kRows, 0}).exact);
}

TEST(MakePlanTest, FunnelStagesBecomeWholeBlocksOfTheTier) {
  const ResolvedSpec spec = testing::Resolve(PlannedSpec());
  const Plan plan =
      MakePlan(Funnel(400, {{1, 300}, {64, 200}, {65, 100}, {300, 50}}), spec, 10, All(1000));
  EXPECT_THAT(plan.stages,
              ElementsAre(Stage{64, 300}, Stage{64, 200}, Stage{128, 100}, Stage{320, 50}));
}

TEST(MakePlanTest, AStageThatRoundsUpToAllDimsIsTheFullStage) {
  CollectionSpec wanted = PlannedSpec();
  wanted.dims = 100;
  const Plan plan =
      MakePlan(Funnel(400, {{64, 200}, {70, 100}}), testing::Resolve(wanted), 10, All(1000));
  EXPECT_THAT(plan.stages, ElementsAre(Stage{64, 200}));
}

TEST(MakePlanTest, ALastFullStageDecidesHowManyRowsAreReadExactly) {
  const ResolvedSpec spec = testing::Resolve(PlannedSpec());
  EXPECT_EQ(MakePlan(Funnel(400, {{256, 100}, {512, 33}}), spec, 10, All(1000)).exact_rows, 33u);
  EXPECT_GE(MakePlan(Funnel(400, {{256, 100}}), spec, 10, All(1000)).exact_rows, 10u);
}

TEST(MakePlanTest, FunnelEffortDefaultsToTheShortlistsSize) {
  const ResolvedSpec spec = testing::Resolve(PlannedSpec());
  FunnelRequest funnel = Funnel(400);
  EXPECT_EQ(MakePlan(funnel, spec, 10, All(1000)).shortlist.ef, 400u);
  EXPECT_GE(MakePlan(funnel, spec, 10, All(1000)).shortlist.nprobe, 1u);
  funnel.ef = 500;
  funnel.nprobe = 7;
  EXPECT_EQ(MakePlan(funnel, spec, 10, All(1000)).shortlist.ef, 500u);
  EXPECT_EQ(MakePlan(funnel, spec, 10, All(1000)).shortlist.nprobe, 7u);
}

TEST(MakePlanTest, ReadsManyRowsOnlyWhereTheirErrorsSayThatTheyMustBe) {
  CollectionSpec wanted = PlannedSpec();
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    wanted.metric = metric;
    const ResolvedSpec spec = testing::Resolve(wanted);
    for (const PlanRequest& plan :
         {PlanRequest(AdaptiveRequest{0.9f}), PlanRequest(Funnel(400, {}))}) {
      const size_t rows = MakePlan(plan, spec, 10, All(1'000'000)).exact_rows;
      if (metric == Metric::kL2) {
        EXPECT_EQ(rows, 26u);
      } else {
        EXPECT_GE(rows, 50u);
      }
    }
  }
}

TEST(PlanTest, DescribesItselfInOneLine) {
  const ResolvedSpec spec = testing::Resolve(PlannedSpec());
  FunnelRequest funnel = Funnel(400, {{256, 100}, {512, 42}});
  funnel.nprobe = 8;
  std::string text = "filter -> ";
  MakePlan(funnel, spec, 10, All(1000)).Describe(512, &text);
  EXPECT_EQ(text,
            "filter -> shortlist 400 (ef 400, nprobe 8) -> 256d keep 100 -> 512d -> exact 42");
  text.clear();
  MakePlan(ExactRequest{}, spec, 10, All(1000)).Describe(512, &text);
  EXPECT_EQ(text, "scan at 512d -> exact");
}

}  // namespace
}  // namespace nestor
