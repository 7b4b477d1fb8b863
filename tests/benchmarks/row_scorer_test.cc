#include "benchmarks/row_scorer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmarks/ground_truth.h"
#include "tests/benchmarks/bench_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::RandomMatrix;
using ::testing::ElementsAre;

TEST(RowScorerTest, AScanFindsTheTruth) {
  const FloatMatrix base = RandomMatrix(2500, 20, 1);  // several calls of the kernel
  const FloatMatrix queries = RandomMatrix(5, 20, 2);
  for (const Metric metric : {Metric::kDot, Metric::kL2}) {
    const Answers truth = ExactNeighbours(ExactScorer(base, metric), base, queries, 10, 1);
    RowScorer scorer(base, metric, 10);
    for (size_t q = 0; q < queries.rows; ++q) {
      RowIds rows;
      scorer.Scan(queries.Row(q), &rows);
      EXPECT_EQ(rows, truth[q]);
    }
  }
}

TEST(RowScorerTest, ARerankKeepsTheBestOfTheCandidates) {
  const FloatMatrix base = nestor::testing::MakeMatrix({{1}, {5}, {3}, {4}});
  RowScorer scorer(base, Metric::kDot, 2);
  const float query = 1;
  RowIds rows = {0, 2, 3};
  scorer.Rerank(&query, rows, &rows);
  EXPECT_THAT(rows, ElementsAre(3, 2));
}

}  // namespace
}  // namespace nestor::bench
