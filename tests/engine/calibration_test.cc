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

TEST(MostMissesTest, IsWhatTheBinomialDistributionLeavesInDoubt) {
  EXPECT_EQ(MostMisses(58, 0.95), -1);  // .95^58 = .051
  EXPECT_EQ(MostMisses(59, 0.95), 0);   // .95^59 = .048
  EXPECT_EQ(MostMisses(1000, 0.95), 38);
  EXPECT_EQ(MostMisses(1000, 0.99), 4);
  EXPECT_EQ(MostMisses(100'000, 0.5), 49'739);
  EXPECT_EQ(MostMisses(0, 0.9), -1);
}

TEST(CheapestPlanTest, OfEachSearchIsTheFirstThatFewEnoughQueriesMissed) {
  CalibrationTable table =
      TableOf(10, {PlanWith(20, 0.8, us(10)), PlanWith(40, 0.9, us(20)), ExactPlanOf(us(500))});
  std::vector<uint32_t> cheap(11), dear(11);
  cheap[10] = 961, cheap[8] = 39;
  dear[10] = 996, dear[8] = 4;
  table.queries_by_hits = {cheap, dear, {}};
  EXPECT_EQ(CheapestPlan(table, 10, {0.8, 0.99})->effort.size, 20u);
  EXPECT_EQ(CheapestPlan(table, 10, {0.9, 0.94})->effort.size, 20u);
  EXPECT_EQ(CheapestPlan(table, 10, {0.9, 0.95})->effort.size, 40u);  // 38 may miss it
  EXPECT_EQ(CheapestPlan(table, 10, {0.9, 0.99})->effort.size, 40u);
  EXPECT_TRUE(CheapestPlan(table, 10, {0.9, 0.999})->exact);  // so few queries cannot tell
  // Two of ten may be the two of five that count.
  EXPECT_EQ(CheapestPlan(table, 5, {0.6, 0.99})->effort.size, 20u);
  EXPECT_EQ(CheapestPlan(table, 5, {0.8, 0.94})->effort.size, 20u);
  EXPECT_EQ(CheapestPlan(table, 5, {0.8, 0.95})->effort.size, 40u);
  EXPECT_EQ(CheapestPlan(table, 9, {0.9, 0.95})->effort.size, 40u);  // 8 of 9 are less
  table.queries_by_hits.clear();  // of a calibration that did not count them
  EXPECT_TRUE(CheapestPlan(table, 10, {0.5, 0.5})->exact);
}

TEST(PromisedRecallTest, IsTheMeanLessAMissOfOneMoreQuery) {
  EXPECT_DOUBLE_EQ(PromisedRecall(1, 999), 0.999);  // (999 * 0 + 1) / 1000 is missed
  EXPECT_DOUBLE_EQ(PromisedRecall(0.95, 99), 1 - (99 * 0.05 + 1) / 100);
  EXPECT_DOUBLE_EQ(PromisedRecall(1, 0), 0);  // nothing is known
}

TEST(CheapestPlanTest, IsTheFirstThatPromisesEnough) {
  const CalibrationTable table =
      TableOf(10, {PlanWith(20, 0.8, us(10)), PlanWith(40, 0.9, us(20)), ExactPlanOf(us(500))});
  EXPECT_EQ(CheapestPlan(table, 10, {0.5})->effort.size, 20u);
  EXPECT_EQ(CheapestPlan(table, 10, {0.8})->effort.size, 20u);
  EXPECT_EQ(CheapestPlan(table, 10, {0.81})->effort.size, 40u);
  EXPECT_TRUE(CheapestPlan(table, 10, {0.901})->exact);
  EXPECT_TRUE(CheapestPlan(table, 10, {1})->exact);
  EXPECT_EQ(CheapestPlan(TableOf(10, {PlanWith(20, 0.8, us(10))}), 10, {0.9}), nullptr);
}

TEST(ChoosePlanTest, OfFewerHitsThanWereMeasuredItIsAsForThose) {
  const Calibration calibration = {
      .tables = {TableOf(10, {PlanWith(20, 0.9, us(20)), ExactPlanOf(us(500))})}};
  EXPECT_EQ(ChoosePlan(calibration, {10}, {0.9})->effort.margin.top, 10u);
  EXPECT_EQ(ChoosePlan(calibration, {7}, {0.9})->effort.margin.top, 10u)
      << "fewer hits were not measured";
  EXPECT_EQ(ChoosePlan(calibration, {7}, {0.9})->effort.size, 20u);
}

TEST(ChoosePlanTest, BetweenTwoTablesItIsWhatSuitsBoth) {
  CalibratedPlan few = PlanWith(20, 0.91, us(20));
  CalibratedPlan many = PlanWith(300, 0.9, us(80));
  few.effort.margin.width = 0.5f;
  few.effort.nprobe = 9;
  Calibration calibration = {.tables = {TableOf(10, {few, ExactPlanOf(us(500))}),
                                        TableOf(100, {many, ExactPlanOf(us(500))})}};
  const std::optional<CalibratedPlan> plan = ChoosePlan(calibration, {30}, {0.9});
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->effort,
            (ShortlistEffort{.size = 300, .ef = 300, .nprobe = 9, .margin = {30, 0.5f}}));
  EXPECT_DOUBLE_EQ(plan->promised, 0.9);
  EXPECT_EQ(ChoosePlan(calibration, {10}, {0.9})->effort.size, 20u);  // it has a table

  calibration.tables[0].plans[0].stage = {256, 15};
  EXPECT_EQ(ChoosePlan(calibration, {30}, {0.9})->stage, (Stage{256, 300})) << "one has none";
  calibration.tables[1].plans[0].stage = {128, 25};
  EXPECT_EQ(ChoosePlan(calibration, {30}, {0.9})->stage, (Stage{256, 30})) << "room for all hits";
  calibration.tables[1].plans[0].stage = {128, 200};
  EXPECT_EQ(ChoosePlan(calibration, {30}, {0.9})->stage, (Stage{256, 200}));

  calibration.tables[1].plans[0].effort.margin = {};  // all rows of the shortlist
  EXPECT_EQ(ChoosePlan(calibration, {30}, {0.9})->effort.margin.top, 0u);
  calibration.tables[0].plans.erase(calibration.tables[0].plans.begin());
  EXPECT_TRUE(ChoosePlan(calibration, {30}, {0.9})->exact);
}

// For .9 of 30 hits three may be missed. That the table for 10 allows one of them says nothing of
// it.
TEST(ChoosePlanTest, OfEachSearchItIsThatOfTheTableForAsManyHits) {
  CalibrationTable few = TableOf(10, {PlanWith(20, 0.9, us(20)), ExactPlanOf(us(500))});
  few.queries_by_hits = {std::vector<uint32_t>(11), {}};
  few.queries_by_hits[0][9] = 1000;
  CalibrationTable many =
      TableOf(100, {PlanWith(200, 0.9, us(60)), PlanWith(300, 0.95, us(80)), ExactPlanOf(us(500))});
  many.queries_by_hits = {std::vector<uint32_t>(101), std::vector<uint32_t>(101), {}};
  many.queries_by_hits[0][96] = 1000;
  many.queries_by_hits[1][97] = 1000;
  for (CalibratedPlan& plan : many.plans) plan.effort.margin.top = plan.exact ? 0 : 100;
  const Calibration calibration = {.tables = {few, many}};
  const std::optional<CalibratedPlan> plan = ChoosePlan(calibration, {30}, {0.9, 0.95});
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->effort.size, 300u);
  EXPECT_EQ(plan->effort.margin.top, 100u) << "as it was measured";
  EXPECT_TRUE(ChoosePlan(calibration, {29}, {0.9, 0.95})->exact);  // two
  EXPECT_EQ(ChoosePlan(calibration, {100}, {0.9, 0.95})->effort.size, 200u);
  EXPECT_EQ(ChoosePlan(calibration, {10}, {0.9, 0.95})->effort.size, 20u);
  EXPECT_TRUE(ChoosePlan(calibration, {9}, {0.9, 0.95})->exact);
}

TEST(ChoosePlanTest, AShortlistHasRoomForAllHits) {
  const Calibration calibration = {.tables = {TableOf(100, {PlanWith(20, 0.9, us(20))})}};
  EXPECT_EQ(ChoosePlan(calibration, {30}, {0.9})->effort.size, 30u);
  EXPECT_EQ(ChoosePlan(calibration, {30}, {0.9})->effort.ef, 30u);
}

TEST(ChoosePlanTest, NothingIsPromisedBeyondWhatWasMeasured) {
  const Calibration calibration = {.tables = {TableOf(10, {PlanWith(20, 0.9, us(20))}),
                                              TableOf(100, {PlanWith(300, 0.95, us(80))})}};
  EXPECT_FALSE(ChoosePlan(calibration, {101}, {0.9}).has_value());
  EXPECT_FALSE(ChoosePlan(calibration, {100}, {0.96}).has_value());
  EXPECT_FALSE(ChoosePlan(calibration, {50}, {0.93}).has_value());  // by one of both only
  EXPECT_FALSE(ChoosePlan(Calibration{}, {1}, {0.5}).has_value());
}

// Of a half of the points only ten hits were measured, and a margin below the third-best would be
// another one.
TEST(ChoosePlanTest, AMarginIsBelowTheLastOfTheHitsOfEitherShare) {
  CalibrationTable of_half = TableOf(10, {PlanWith(50, 0.92, us(20))});
  of_half.share = 0.5;
  CalibrationTable of_one = TableOf(1, {PlanWith(20, 0.92, us(20))});
  of_one.plans[0].effort.margin.top = 1;
  const Calibration calibration = {
      .tables = {of_one, TableOf(10, {PlanWith(30, 0.92, us(20))}), of_half}};
  EXPECT_EQ(ChoosePlan(calibration, {3}, {0.9})->effort.margin.top, 3u);
  EXPECT_EQ(ChoosePlan(calibration, {3, 0.9}, {0.9})->effort.margin.top, 10u);
  EXPECT_EQ(ChoosePlan(calibration, {3, 0.5}, {0.9})->effort.margin.top, 10u);
}

TEST(ChoosePlanTest, BetweenTwoSharesItIsWhatSuitsBoth) {
  const auto table = [](double share, size_t size, double promised) {
    CalibrationTable of_share = TableOf(10, {PlanWith(size, promised, us(20))});
    of_share.share = share;
    return of_share;
  };
  const Calibration calibration = {
      .tables = {table(1, 20, 0.9), table(0.5, 50, 0.92), table(0.1, 40, 0.91)}};
  const auto size_for = [&](double share, double recall) {
    return ChoosePlan(calibration, {10, share}, {recall})->effort.size;
  };
  EXPECT_EQ(size_for(1, 0.9), 20u);
  EXPECT_EQ(size_for(0.7, 0.9), 50u);
  EXPECT_EQ(size_for(0.5, 0.92), 50u);
  EXPECT_EQ(size_for(0.3, 0.9), 50u);
  EXPECT_EQ(size_for(0.1, 0.9), 40u);
  EXPECT_FALSE(ChoosePlan(calibration, {10, 0.09}, {0.9}).has_value());
  EXPECT_FALSE(ChoosePlan(calibration, {10, 0.7}, {0.92}).has_value());  // by one of both only
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
  EXPECT_NEAR(table.plans[0].promised, PromisedRecall(0.5, 2) - 0.1, 1e-9);  // 6 and 4
  EXPECT_NEAR(table.plans[1].promised, PromisedRecall(0.7, 2) - 0.1, 1e-9);  // 6 and 8
  EXPECT_EQ(table.queries_by_hits[0][4] + table.queries_by_hits[0][6], 2u);
  EXPECT_EQ(table.queries_by_hits[1][6] + table.queries_by_hits[1][8], 2u);
  EXPECT_TRUE(table.queries_by_hits[2].empty());
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

// What queries of one kind, hard ones and easy ones, find by plans of rising effort.
class MeasuredQueries {
 public:
  static constexpr uint32_t kTop = 10;
  static constexpr size_t kPlans = 30, kQueries = 4000;

  MeasuredQueries() : hits_(kPlans, std::vector<uint32_t>(kQueries)) {
    for (size_t query = 0; query < kQueries; ++query) {
      const double hardness = random_.Uniform(0, 1);
      for (size_t plan = 0; plan < kPlans; ++plan) {
        const double effort = static_cast<double>(plan + 1) / kPlans;
        const double chance = std::min(1.0, 0.3 + effort / (0.2 + hardness));
        for (uint32_t i = 0; i < kTop; ++i) {
          hits_[plan][query] += random_.Uniform(0, 1) < chance ? 1 : 0;
        }
      }
    }
  }

  // A table by `held_out` of the queries, chosen by chance, and what of it the others find by the
  // plan that promises what is wanted.
  struct Split {
    double recall = 0;   // mean of the others
    double missing = 0;  // their share that found less than wanted.recall
  };
  Split Divide(size_t held_out, const RecallWanted& wanted) {
    std::vector<size_t> order(kQueries);
    for (size_t i = 0; i < kQueries; ++i) order[i] = i;
    for (size_t i = 0; i < held_out; ++i) {
      std::swap(order[i], order[i + random_.Below(kQueries - i)]);
    }
    std::vector<MeasuredEffort> efforts;
    for (size_t plan = 0; plan < kPlans; ++plan) {
      std::vector<uint32_t> measured;
      for (size_t i = 0; i < held_out; ++i) measured.push_back(hits_[plan][order[i]]);
      efforts.push_back(MeasuredFor(plan, std::move(measured), us(static_cast<int>(plan + 1))));
    }
    const CalibrationTable table = MakeTable(kTop, efforts, us(1000));
    const CalibratedPlan* const plan = CheapestPlan(table, kTop, wanted);
    Split split;
    for (size_t i = held_out; i < kQueries; ++i) {
      const uint32_t found = plan->exact ? kTop : hits_[plan->effort.size][order[i]];
      split.recall += found / (kTop * static_cast<double>(kQueries - held_out));
      if (found < wanted.recall * kTop - 1e-6) split.missing += 1;
    }
    split.missing /= static_cast<double>(kQueries - held_out);
    return split;
  }

 private:
  Random random_{1};
  std::vector<std::vector<uint32_t>> hits_;  // by plan
};

constexpr int kSplits = 200;

// Queries are divided by chance into those by which plans are measured and others: over many
// divisions the recall of the others is as high as was asked for on average, if not by much more
// than that asks for, and it is below that in no more divisions than a standard error leaves (a
// sixth of them, and three standard deviations of what 200 divisions tell).
TEST(MakeTableTest, ThePromiseHoldsForQueriesThatWereNotMeasured) {
  MeasuredQueries queries;
  for (const double target : {0.8, 0.9, 0.95, 0.98}) {
    double recall = 0;
    int below = 0;
    for (int i = 0; i < kSplits; ++i) {
      const double found = queries.Divide(200, {target}).recall;
      recall += found / kSplits;
      below += found < target ? 1 : 0;
    }
    EXPECT_GE(recall, target) << target;
    EXPECT_LE(recall, target + 0.6 * (1 - target) + 0.02) << target;
    EXPECT_LE(below, 0.24 * kSplits) << target;
  }
}

// That of each query fails in no more divisions than the confidence leaves, give or take what 200
// of them cannot tell (5 % and three standard deviations).
TEST(MakeTableTest, WhatIsPromisedOfEachQueryHoldsAsOftenAsStated) {
  MeasuredQueries queries;
  for (const RecallWanted& wanted : {RecallWanted{0.7, 0.9}, {0.8, 0.95}, {0.9, 0.8}}) {
    int failed = 0;
    double missing = 0;
    for (int i = 0; i < kSplits; ++i) {
      const MeasuredQueries::Split split = queries.Divide(500, wanted);
      failed += split.missing > 1 - wanted.probability ? 1 : 0;
      missing += split.missing / kSplits;
    }
    EXPECT_LE(failed, 0.096 * kSplits) << wanted.recall;
    EXPECT_GT(missing, 0) << "that is more than was asked for: " << wanted.recall;
  }
}

TEST(CalibrationIsDueTest, AfterALoadAndWhenTheCollectionHasChanged) {
  const PrefixCodeFormat format = {Metric::kCosine, 128, 4};
  const Calibration current = {.points = 10'000, .next_row = 70'000, .format = format};
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
  need.points = 10'000;
  need.next_row = current.next_row + 4999;
  EXPECT_FALSE(CalibrationIsDue(need)) << "about those that there were";
  need.next_row = current.next_row + 5000;
  EXPECT_TRUE(CalibrationIsDue(need)) << "half of them are new, or replaced";
  need.quiet = false;
  EXPECT_FALSE(CalibrationIsDue(need));
  need.next_row = current.next_row + 20'000;
  EXPECT_TRUE(CalibrationIsDue(need)) << "writes do not end";
  need.quiet = true;
  need.next_row = current.next_row;
  EXPECT_FALSE(CalibrationIsDue(need));
  need.points = 5000;
  EXPECT_TRUE(CalibrationIsDue(need)) << "half of them are gone";
  need.points = 10'000;
  need.quiet = false;
  need.alarmed = true;
  need.since = absl::Seconds(6);
  need.took = absl::Seconds(3);
  EXPECT_TRUE(CalibrationIsDue(need)) << "searches find too little";
  need.took = absl::Seconds(4);
  EXPECT_FALSE(CalibrationIsDue(need)) << "most of the time is for others";
  need.alarmed = false;
  need.quiet = true;
  Calibration begun = current;
  begun.unfinished = true;
  need.current = &begun;
  need.quiet = false;
  EXPECT_FALSE(CalibrationIsDue(need)) << "most of the time is for others";
  need.took = absl::Seconds(3);
  EXPECT_TRUE(CalibrationIsDue(need)) << "there would have been more";
  need.quiet = true;
  need.current = &current;
  need.segments = 1;
  EXPECT_FALSE(CalibrationIsDue(need)) << "of a calibration that did not count them";
  need.format.bits = 2;
  EXPECT_TRUE(CalibrationIsDue(need)) << "other codes";
}

TEST(CalibrationIsDueTest, WhenThereAreFewerSegments) {
  const PrefixCodeFormat format = {Metric::kCosine, 128, 4};
  const Calibration current = {.points = 10'000, .segments = 3, .format = format};
  CalibrationNeed need = {.current = &current,
                          .format = format,
                          .points = 10'000,
                          .segments = 2,
                          .indexed = true,
                          .quiet = true,
                          .since = absl::Seconds(30),
                          .took = absl::Seconds(3)};
  EXPECT_TRUE(CalibrationIsDue(need));
  need.took = absl::Seconds(4);
  EXPECT_FALSE(CalibrationIsDue(need)) << "a tenth of the time at most";
  need.took = absl::Seconds(3);
  need.quiet = false;
  EXPECT_FALSE(CalibrationIsDue(need));
  need.quiet = true;
  need.segments = 3;
  EXPECT_FALSE(CalibrationIsDue(need));
  need.segments = 4;
  EXPECT_FALSE(CalibrationIsDue(need)) << "more of them find no less";
}

TEST(CalibrationIsDueTest, WhenThereAreQueriesInsteadOfPoints) {
  const PrefixCodeFormat format = {Metric::kCosine, 128, 4};
  Calibration current = {.points = 10'000, .next_row = 10'000, .format = format};
  const CalibrationNeed need = {.current = &current,
                                .format = format,
                                .points = 10'000,
                                .next_row = 10'000,
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
  Calibration calibration = {
      .time = absl::FromUnixSeconds(1'700'000'000),
      .points = 12345,
      .segments = 7,
      .next_row = 23456,
      .by_queries = true,
      .format = {Metric::kL2, 256, 2},
      .unfinished = true,
      .tables = {TableOf(1, {plain, PlanWith(70, 0.93, us(30)), ExactPlanOf(us(900))}),
                 TableOf(10, {ExactPlanOf(us(900))})}};
  calibration.tables[0].queries_by_hits = {{3, 7}, {1, 9}, {}};
  calibration.tables[0].plans[1].stage = {512, 50};
  calibration.tables[1].share = 0.25;
  const auto back = FromRecord(ToRecord(calibration), Metric::kL2);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->time, calibration.time);
  EXPECT_EQ(back->points, calibration.points);
  EXPECT_EQ(back->segments, calibration.segments);
  EXPECT_TRUE(back->by_queries);
  EXPECT_EQ(back->format, calibration.format);
  EXPECT_TRUE(back->unfinished);
  ASSERT_EQ(back->tables.size(), 2u);
  ASSERT_EQ(back->tables[0].plans.size(), 3u);
  for (size_t i = 0; i < 2; ++i) {
    CalibratedPlan expected = calibration.tables[0].plans[i];
    if (expected.effort.margin.top > 0) expected.effort.margin.top = 1;  // that of its table
    const CalibratedPlan& plan = back->tables[0].plans[i];
    EXPECT_EQ(plan.effort, expected.effort);
    EXPECT_EQ(plan.stage, expected.stage);
    EXPECT_EQ(plan.recall, expected.recall);
    EXPECT_EQ(plan.promised, expected.promised);
    EXPECT_EQ(plan.cost, expected.cost);
  }
  EXPECT_TRUE(back->tables[0].plans[2].exact);
  EXPECT_EQ(back->tables[1].share, 0.25);
  EXPECT_EQ(back->next_row, calibration.next_row);
  EXPECT_EQ(back->tables[0].queries_by_hits, calibration.tables[0].queries_by_hits);
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
  EXPECT_FALSE(reads([](Plan* plan) { plan->set_stage_dims(64); }));
  EXPECT_FALSE(reads([](Plan* plan) { plan->set_stage_keep(64); }));
  const auto staged = [&](uint32_t dims, uint32_t keep) {
    return reads([=](Plan* plan) {
      plan->set_stage_dims(dims);
      plan->set_stage_keep(keep);
    });
  };
  EXPECT_TRUE(staged(64, 20));
  EXPECT_FALSE(staged(kMaxDims + 1, 20));
  EXPECT_FALSE(staged(64, kMaxShortlist + 1));
  EXPECT_FALSE(reads([](Plan* plan) { plan->set_margin(std::nanf("")); }));
  EXPECT_FALSE(reads([](Plan* plan) { plan->set_recall(1.5); }));
  EXPECT_FALSE(reads([](Plan* plan) { plan->set_promised(1.5); }));
  EXPECT_FALSE(reads([](Plan* plan) { plan->set_cost_us(-1); }));
}

}  // namespace
}  // namespace nestor
