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
  // Relevant at places 1 and 3, of 3 with that label: (1/1 + 2/3) / 3.
  EXPECT_DOUBLE_EQ(MeanAveragePrecision({{0, 2, 1, 3}}, labels, {7}, 10), (1 + 2.0 / 3) / 3);
  // At k = 2 only two places could be relevant.
  EXPECT_DOUBLE_EQ(MeanAveragePrecision({{0, 2, 1, 3}}, labels, {7}, 2), 0.5);
  EXPECT_DOUBLE_EQ(MeanAveragePrecision({{2, 3}}, labels, {8}, 10), 1);
  EXPECT_DOUBLE_EQ(MeanAveragePrecision({{0, 1}}, labels, {8}, 10), 0);
}

TEST(QualityTest, QueriesOfALabelThatIsNotThereAreLeftOut) {
  const std::vector<int64_t> labels = {7, 8};
  EXPECT_DOUBLE_EQ(MeanAveragePrecision({{0}, {1}}, labels, {7, 9}, 10), 1);
  EXPECT_DOUBLE_EQ(MeanAveragePrecision({{0}}, labels, {9}, 10), 0);
}

}  // namespace
}  // namespace nestor::bench
