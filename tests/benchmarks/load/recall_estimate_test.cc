#include "benchmarks/load/recall_estimate.h"

#include <gtest/gtest.h>

#include <vector>

namespace nestor::bench {
namespace {

TEST(RecallEstimateTest, TheMeanIsOverAnswersAndNotOverQueries) {
  const std::vector<QueryRecall> queries = {{.sum = 3, .count = 3}, {.sum = 0.5, .count = 1}};
  const RecallEstimate estimate = EstimateRecall(queries, 1);
  EXPECT_EQ(estimate.count, 4U);
  EXPECT_DOUBLE_EQ(estimate.mean, 3.5 / 4);
}

TEST(RecallEstimateTest, TheIntervalIsThatOfTheMeanOfIndependentQueries) {
  std::vector<QueryRecall> queries;
  for (int q = 0; q < 400; ++q) queries.push_back({.sum = q % 2 == 0 ? 1.0 : 0.8, .count = 1});
  const RecallEstimate estimate = EstimateRecall(queries, 1);
  EXPECT_NEAR(estimate.mean, 0.9, 1e-9);
  // Standard error 0.1 / 20, times 1.96.
  EXPECT_NEAR(estimate.low, 0.9 - 0.0098, 0.002);
  EXPECT_NEAR(estimate.high, 0.9 + 0.0098, 0.002);
}

TEST(RecallEstimateTest, AskingAgainDoesNotNarrowTheInterval) {
  std::vector<QueryRecall> once, often;
  for (int q = 0; q < 50; ++q) {
    const double recall = q % 5 == 0 ? 0.5 : 1.0;
    once.push_back({.sum = recall, .count = 1});
    often.push_back({.sum = 1000 * recall, .count = 1000});
  }
  const RecallEstimate few = EstimateRecall(once, 1);
  const RecallEstimate many = EstimateRecall(often, 1);
  EXPECT_DOUBLE_EQ(few.low, many.low);
  EXPECT_DOUBLE_EQ(few.high, many.high);
  EXPECT_LT(few.low, few.high);
}

TEST(RecallEstimateTest, TheWorstDecileIsThatOfTheQueries) {
  std::vector<QueryRecall> queries(20, {.sum = 2, .count = 2});
  queries[3] = {.sum = 0.4, .count = 2};
  queries[11] = {.sum = 0.6, .count = 2};
  EXPECT_DOUBLE_EQ(EstimateRecall(queries, 1).worst_decile, 0.25);
}

TEST(RecallEstimateTest, QueriesWithoutAnswersDoNotCount) {
  const std::vector<QueryRecall> queries = {{}, {.sum = 0.5, .count = 1}, {}};
  const RecallEstimate estimate = EstimateRecall(queries, 1);
  EXPECT_EQ(estimate.count, 1U);
  EXPECT_EQ(estimate.mean, 0.5);
  EXPECT_EQ(estimate.low, 0.5);
  EXPECT_EQ(estimate.high, 0.5);
  EXPECT_EQ(EstimateRecall({}, 1).count, 0U);
}

}  // namespace
}  // namespace nestor::bench
