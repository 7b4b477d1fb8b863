#include "engine/calibration.h"

#include <algorithm>
#include <vector>

#include "engine/limits.h"
#include "gtest/gtest.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

using testing::Random;

constexpr auto us = absl::Microseconds<int>;

CalibratedPlan PlanWith(size_t size, double promised, absl::Duration cost) {
  return {.exact = false,
          .effort = {.size = size, .ef = size, .nprobe = 3, .margin = {10, 0.25f}},
          .recall = promised + 0.001,
          .promised = promised,
          .cost = cost};
}

CalibratedPlan ExactPlanOf(absl::Duration cost) {
  return {.exact = true, .recall = 1, .promised = 1, .cost = cost};
}

CalibrationTable TableOf(uint32_t top, std::vector<CalibratedPlan> plans) {
  return {.top = top, .queries = 1000, .plans = std::move(plans)};
}

TEST(PromisedRecallTest, IsTheMeanLessAMissOfOneMoreQuery) {
  EXPECT_DOUBLE_EQ(PromisedRecall(1, 999), 0.999);  // (999 * 0 + 1) / 1000 is missed
  EXPECT_DOUBLE_EQ(PromisedRecall(0.95, 99), 1 - (99 * 0.05 + 1) / 100);
  EXPECT_DOUBLE_EQ(PromisedRecall(1, 0), 0);  // nothing is known
}

TEST(CheapestPlanTest, IsTheFirstThatPromisesEnough) {
  const CalibrationTable table =
      TableOf(10, {PlanWith(20, 0.8, us(10)), PlanWith(40, 0.9, us(20)), ExactPlanOf(us(500))});
  EXPECT_EQ(CheapestPlan(table, 0.5)->effort.size, 20u);
  EXPECT_EQ(CheapestPlan(table, 0.8)->effort.size, 20u);
  EXPECT_EQ(CheapestPlan(table, 0.81)->effort.size, 40u);
  EXPECT_TRUE(CheapestPlan(table, 0.901)->exact);
  EXPECT_TRUE(CheapestPlan(table, 1)->exact);
  EXPECT_EQ(CheapestPlan(TableOf(10, {PlanWith(20, 0.8, us(10))}), 0.9), nullptr);
}

TEST(ChoosePlanTest, TakesTheMarginFromItsOwnTop) {
  const Calibration calibration = {
      .tables = {TableOf(10, {PlanWith(20, 0.9, us(20)), ExactPlanOf(us(500))})}};
  EXPECT_EQ(ChoosePlan(calibration, 10, 0.9)->effort.margin.top, 10u);
  EXPECT_EQ(ChoosePlan(calibration, 7, 0.9)->effort.margin.top, 7u);
  EXPECT_EQ(ChoosePlan(calibration, 7, 0.9)->effort.size, 20u);
}

TEST(ChoosePlanTest, BetweenTwoTablesItIsWhatSuitsBoth) {
  CalibratedPlan few = PlanWith(20, 0.91, us(20));
  CalibratedPlan many = PlanWith(300, 0.9, us(80));
  few.effort.margin.width = 0.5f;
  few.effort.nprobe = 9;
  Calibration calibration = {.tables = {TableOf(10, {few, ExactPlanOf(us(500))}),
                                        TableOf(100, {many, ExactPlanOf(us(500))})}};
  const std::optional<CalibratedPlan> plan = ChoosePlan(calibration, 30, 0.9);
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->effort,
            (ShortlistEffort{.size = 300, .ef = 300, .nprobe = 9, .margin = {30, 0.5f}}));
  EXPECT_DOUBLE_EQ(plan->promised, 0.9);
  EXPECT_EQ(ChoosePlan(calibration, 10, 0.9)->effort.size, 20u);  // it has a table

  calibration.tables[1].plans[0].effort.margin = {};  // all rows of the shortlist
  EXPECT_EQ(ChoosePlan(calibration, 30, 0.9)->effort.margin.top, 0u);
  calibration.tables[0].plans.erase(calibration.tables[0].plans.begin());
  EXPECT_TRUE(ChoosePlan(calibration, 30, 0.9)->exact);
}

TEST(ChoosePlanTest, AShortlistHasRoomForAllHits) {
  const Calibration calibration = {.tables = {TableOf(100, {PlanWith(20, 0.9, us(20))})}};
  EXPECT_EQ(ChoosePlan(calibration, 30, 0.9)->effort.size, 30u);
  EXPECT_EQ(ChoosePlan(calibration, 30, 0.9)->effort.ef, 30u);
}

TEST(ChoosePlanTest, NothingIsPromisedBeyondWhatWasMeasured) {
  const Calibration calibration = {.tables = {TableOf(10, {PlanWith(20, 0.9, us(20))}),
                                              TableOf(100, {PlanWith(300, 0.95, us(80))})}};
  EXPECT_FALSE(ChoosePlan(calibration, 101, 0.9).has_value());
  EXPECT_FALSE(ChoosePlan(calibration, 100, 0.96).has_value());
  EXPECT_FALSE(ChoosePlan(calibration, 50, 0.93).has_value());  // by one of both only
  EXPECT_FALSE(ChoosePlan(Calibration{}, 1, 0.5).has_value());
}

MeasuredEffort MeasuredFor(size_t size, std::vector<uint32_t> hits, absl::Duration cost) {
  return {.effort = {.size = size}, .hits = std::move(hits), .cost = cost};
}

TEST(MakeTableTest, EachQueryCountsWithTheLeastThatAPlanOrOneAfterItFound) {
  const MeasuredEffort efforts[] = {MeasuredFor(20, {10, 4}, us(10)),
                                    MeasuredFor(40, {6, 8}, us(20))};
  const CalibrationTable table = MakeTable(10, efforts, us(100));
  ASSERT_EQ(table.plans.size(), 3u);
  EXPECT_EQ(table.queries, 2u);
  EXPECT_DOUBLE_EQ(table.plans[0].recall, 0.7);
  EXPECT_DOUBLE_EQ(table.plans[0].promised, PromisedRecall(0.5, 2));  // 6 and 4
  EXPECT_DOUBLE_EQ(table.plans[1].promised, PromisedRecall(0.7, 2));
  EXPECT_TRUE(table.plans[2].exact);
  EXPECT_EQ(table.plans[2].promised, 1);
}

TEST(MakeTableTest, LeavesOutWhatTakesNoLessThanAPlanAfterIt) {
  const MeasuredEffort efforts[] = {MeasuredFor(10, {5}, us(10)), MeasuredFor(20, {6}, us(90)),
                                    MeasuredFor(40, {7}, us(80)), MeasuredFor(80, {8}, us(200))};
  const CalibrationTable table = MakeTable(10, efforts, us(100));
  ASSERT_EQ(table.plans.size(), 3u);
  EXPECT_EQ(table.plans[0].effort.size, 10u);
  EXPECT_EQ(table.plans[1].effort.size, 40u);
  EXPECT_TRUE(table.plans[2].exact);
}

// Queries of one kind are divided by chance into those by which plans are measured and one more:
// over many divisions its mean recall is as high as was asked for, if not by much more than that
// asks for.
TEST(MakeTableTest, ThePromiseHoldsForQueriesThatWereNotMeasured) {
  constexpr uint32_t kTop = 10;
  constexpr size_t kPlans = 30, kQueries = 4000, kHeldOut = 100;
  Random random(1);
  std::vector<std::vector<uint32_t>> hits(kPlans, std::vector<uint32_t>(kQueries));
  for (size_t query = 0; query < kQueries; ++query) {
    const double hardness = static_cast<double>(random.Below(1000)) / 1000;
    for (size_t plan = 0; plan < kPlans; ++plan) {
      const double effort = static_cast<double>(plan + 1) / kPlans;
      const double chance = std::min(1.0, 0.3 + effort / (0.2 + hardness));
      for (uint32_t i = 0; i < kTop; ++i) {
        hits[plan][query] += static_cast<double>(random.Below(1000)) < 1000 * chance ? 1 : 0;
      }
    }
  }
  for (const double target : {0.8, 0.9, 0.95, 0.98}) {
    constexpr int kSplits = 200;
    double recall = 0;
    for (int split = 0; split < kSplits; ++split) {
      std::vector<size_t> order(kQueries);
      for (size_t i = 0; i < kQueries; ++i) order[i] = i;
      for (size_t i = 0; i < kHeldOut; ++i) {
        std::swap(order[i], order[i + random.Below(kQueries - i)]);
      }
      std::vector<MeasuredEffort> efforts;
      for (size_t plan = 0; plan < kPlans; ++plan) {
        std::vector<uint32_t> measured;
        for (size_t i = 0; i < kHeldOut; ++i) measured.push_back(hits[plan][order[i]]);
        efforts.push_back(MeasuredFor(plan, std::move(measured), us(static_cast<int>(plan + 1))));
      }
      const CalibrationTable table = MakeTable(kTop, efforts, us(1000));
      const CalibratedPlan* const plan = CheapestPlan(table, target);
      ASSERT_NE(plan, nullptr);
      double others = 0;
      for (size_t i = kHeldOut; i < kQueries; ++i) {
        others += plan->exact ? kTop : hits[plan->effort.size][order[i]];
      }
      recall += others / (kTop * static_cast<double>(kQueries - kHeldOut));
    }
    EXPECT_GE(recall / kSplits, target) << target;
    EXPECT_LE(recall / kSplits, target + 0.6 * (1 - target) + 0.02) << target;
  }
}

TEST(CalibrationIsDueTest, AfterALoadAndWhenTheCollectionHasChanged) {
  const PrefixCodeFormat format = {Metric::kCosine, 128, 4};
  const Calibration current = {.points = 10'000, .format = format};
  const CalibrationNeed never = {.format = format, .points = 5000, .indexed = true, .quiet = true};
  EXPECT_TRUE(CalibrationIsDue(never));

  CalibrationNeed need = never;
  need.quiet = false;
  EXPECT_FALSE(CalibrationIsDue(need)) << "a load goes on";
  need = never;
  need.indexed = false;
  EXPECT_FALSE(CalibrationIsDue(need)) << "indexes are being built";
  need = never;
  need.points = kLeastCalibrated - 1;
  EXPECT_FALSE(CalibrationIsDue(need)) << "too few points";

  need = never;
  need.current = &current;
  need.points = 14'000;
  EXPECT_FALSE(CalibrationIsDue(need)) << "about as many as there were";
  need.points = 15'000;
  EXPECT_TRUE(CalibrationIsDue(need));
  need.quiet = false;
  EXPECT_FALSE(CalibrationIsDue(need));
  need.points = 30'000;
  EXPECT_TRUE(CalibrationIsDue(need)) << "three times as many, and writes do not end";
  need.quiet = true;
  need.points = 5000;
  EXPECT_TRUE(CalibrationIsDue(need));
  need.points = 10'000;
  need.format.bits = 2;
  EXPECT_TRUE(CalibrationIsDue(need)) << "other codes";
}

TEST(CalibrationIsDueTest, WhenThereAreQueriesInsteadOfPoints) {
  const PrefixCodeFormat format = {Metric::kCosine, 128, 4};
  Calibration current = {.points = 10'000, .format = format};
  const CalibrationNeed need = {.current = &current,
                                .format = format,
                                .points = 10'000,
                                .indexed = true,
                                .quiet = false,
                                .queries = true};
  EXPECT_TRUE(CalibrationIsDue(need));
  current.by_queries = true;
  EXPECT_FALSE(CalibrationIsDue(need));
}

TEST(CalibrationRecordTest, ComesBackAsItWas) {
  CalibratedPlan plain = PlanWith(50, 0.7, us(9));
  plain.effort.margin = {};
  const Calibration calibration = {
      .time = absl::FromUnixSeconds(1'700'000'000),
      .points = 12345,
      .by_queries = true,
      .format = {Metric::kL2, 256, 2},
      .tables = {TableOf(1, {plain, PlanWith(70, 0.93, us(30)), ExactPlanOf(us(900))}),
                 TableOf(10, {ExactPlanOf(us(900))})}};
  const auto back = FromRecord(ToRecord(calibration), Metric::kL2);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->time, calibration.time);
  EXPECT_EQ(back->points, calibration.points);
  EXPECT_TRUE(back->by_queries);
  EXPECT_EQ(back->format, calibration.format);
  ASSERT_EQ(back->tables.size(), 2u);
  ASSERT_EQ(back->tables[0].plans.size(), 3u);
  for (size_t i = 0; i < 2; ++i) {
    CalibratedPlan expected = calibration.tables[0].plans[i];
    if (expected.effort.margin.top > 0) expected.effort.margin.top = 1;  // that of its table
    const CalibratedPlan& plan = back->tables[0].plans[i];
    EXPECT_EQ(plan.effort, expected.effort);
    EXPECT_EQ(plan.recall, expected.recall);
    EXPECT_EQ(plan.promised, expected.promised);
    EXPECT_EQ(plan.cost, expected.cost);
  }
  EXPECT_TRUE(back->tables[0].plans[2].exact);
}

TEST(CalibrationRecordTest, WhatCannotBeIsNone) {
  EXPECT_FALSE(FromRecord(storage::CalibrationRecord(), Metric::kCosine).has_value());
  const auto reads = [](auto change) {
    storage::CalibrationRecord record =
        ToRecord(Calibration{.points = 5000, .tables = {TableOf(10, {PlanWith(70, 0.9, us(30))})}});
    change(record.mutable_tables(0)->mutable_plans(0));
    return FromRecord(record, Metric::kCosine).has_value();
  };
  using Plan = storage::CalibrationRecord::Plan;
  EXPECT_TRUE(reads([](Plan*) {}));
  EXPECT_FALSE(reads([](Plan* plan) { plan->set_size(kMaxShortlist + 1); }));
  EXPECT_FALSE(reads([](Plan* plan) { plan->set_ef(kMaxShortlist + 1); }));
  EXPECT_FALSE(reads([](Plan* plan) { plan->set_nprobe(kMaxIvfLists + 1); }));
  EXPECT_FALSE(reads([](Plan* plan) { plan->set_margin(-1); }));
  EXPECT_FALSE(reads([](Plan* plan) { plan->set_margin(std::nanf("")); }));
  EXPECT_FALSE(reads([](Plan* plan) { plan->set_recall(1.5); }));
  EXPECT_FALSE(reads([](Plan* plan) { plan->set_promised(1.5); }));
  EXPECT_FALSE(reads([](Plan* plan) { plan->set_cost_us(-1); }));
}

}  // namespace
}  // namespace nestor
