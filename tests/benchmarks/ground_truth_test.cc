#include "benchmarks/ground_truth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/benchmarks/bench_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::MakeMatrix;
using nestor::testing::RandomMatrix;
using ::testing::ElementsAre;

double PlainScore(const float* a, const float* b, size_t dims, Metric metric) {
  double dot = 0, norm = 0, distance = 0;
  for (size_t i = 0; i < dims; ++i) {
    dot += double{a[i]} * b[i];
    norm += double{b[i]} * b[i];
    distance += (double{a[i]} - b[i]) * (double{a[i]} - b[i]);
  }
  if (metric == Metric::kL2) return -distance;
  return metric == Metric::kCosine ? dot / std::sqrt(norm) : dot;
}

RowIds SortedByPlainScore(const FloatMatrix& base, const float* query, Metric metric) {
  RowIds rows(base.rows);
  std::iota(rows.begin(), rows.end(), 0);
  std::stable_sort(rows.begin(), rows.end(), [&](uint32_t a, uint32_t b) {
    return PlainScore(query, base.Row(a), base.dims, metric) >
           PlainScore(query, base.Row(b), base.dims, metric);
  });
  return rows;
}

TEST(GroundTruthTest, EqualsSortingAllRows) {
  // Wide enough for several blocks of rows, and more queries than one task takes.
  const FloatMatrix base = RandomMatrix(700, 300, 1);
  const FloatMatrix queries = RandomMatrix(40, 300, 2);
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    const Answers answers = ExactNeighbours(ExactScorer(base, metric), base, queries, 10, 3);
    for (size_t q = 0; q < queries.rows; ++q) {
      RowIds expected = SortedByPlainScore(base, queries.Row(q), metric);
      expected.resize(10);
      EXPECT_EQ(answers[q], expected) << MetricName(metric) << " query " << q;
    }
  }
}

TEST(GroundTruthTest, EqualScoresAreOrderedByRow) {
  const FloatMatrix base = MakeMatrix({{1, 0}, {0, 1}, {2, 0}, {3, 0}});
  const Answers answers =
      ExactNeighbours(ExactScorer(base, Metric::kCosine), base, MakeMatrix({{1, 0}}), 2, 1);
  EXPECT_THAT(answers, ElementsAre(ElementsAre(0, 2)));
}

TEST(GroundTruthTest, AmongSomeRowsTheOthersDoNotCount) {
  const FloatMatrix base = MakeMatrix({{1, 0}, {1, 1}, {2, 0}, {0, 1}});
  const ExactScorer scorer(base, Metric::kCosine);
  const float query[] = {1, 0};
  EXPECT_THAT(ExactNeighboursAmong(scorer, {1, 2, 3}, query, 2), ElementsAre(2, 1));
  EXPECT_THAT(ExactNeighboursAmong(scorer, {3}, query, 2), ElementsAre(3));
}

}  // namespace
}  // namespace nestor::bench
