#include "benchmarks/quality.h"

#include <gtest/gtest.h>

#include "tests/benchmarks/bench_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::MakeMatrix;

// By inner product with {1, 0}: row 0 best, rows 1 and 2 alike, row 3 worst.
const FloatMatrix kBase = MakeMatrix({{4, 0}, {3, 1}, {3, 2}, {1, 0}});
const FloatMatrix kQuery = MakeMatrix({{1, 0}});

double RecallOf(const RowIds& answer, const RowIds& truth) {
  const ExactScorer scorer(kBase, Metric::kDot);
  return MeanRecall({answer}, {truth}, kQuery, scorer);
}

TEST(QualityTest, RecallIsTheShareOfTheTrueNeighbours) {
  EXPECT_EQ(RecallOf({0, 1}, {0, 1}), 1);
  EXPECT_EQ(RecallOf({1, 0}, {0, 1}), 1);
  EXPECT_EQ(RecallOf({0, 3}, {0, 1}), 0.5);
  EXPECT_EQ(RecallOf({0}, {0, 1}), 0.5);
  EXPECT_EQ(RecallOf({}, {0, 1}), 0);
}

TEST(QualityTest, ARowAsGoodAsTheLastTrueNeighbourCounts) {
  EXPECT_EQ(RecallOf({0, 2}, {0, 1}), 1);
}

TEST(QualityTest, ARowCountsOnce) { EXPECT_EQ(RecallOf({0, 0}, {0, 1}), 0.5); }

TEST(QualityTest, RowsBehindTheKthDoNotCount) { EXPECT_EQ(RecallOf({3, 3, 0, 1}, {0, 1}), 0); }

TEST(QualityTest, AveragePrecisionFollowsTheFormula) {
  const std::vector<int64_t> labels = {7, 7, 8, 8, 7};
  // Relevant at places 1 and 3.
  EXPECT_DOUBLE_EQ(MeanAveragePrecision({{0, 2, 1, 3}}, labels, {7}, 4), (1 + 2.0 / 3) / 4);
  EXPECT_DOUBLE_EQ(MeanAveragePrecision({{0, 2, 1, 3}}, labels, {7}, 2), 0.5);
  EXPECT_DOUBLE_EQ(MeanAveragePrecision({{2, 3}}, labels, {8}, 2), 1);
  EXPECT_DOUBLE_EQ(MeanAveragePrecision({{0, 1}}, labels, {8}, 2), 0);
}

TEST(QualityTest, AveragePrecisionIsDividedByKEvenIfFewerRowsHaveTheLabel) {
  EXPECT_DOUBLE_EQ(MeanAveragePrecision({{0, 1}}, {7, 8, 8}, {7}, 10), 0.1);
}

TEST(QualityTest, AQueryOfALabelThatNoRowHasCountsAsZero) {
  EXPECT_DOUBLE_EQ(MeanAveragePrecision({{0}, {1}}, {7, 8}, {7, 9}, 1), 0.5);
}

}  // namespace
}  // namespace nestor::bench
