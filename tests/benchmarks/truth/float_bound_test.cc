#include "benchmarks/truth/float_bound.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "benchmarks/truth/exact_score.h"
#include "engine/vector_math.h"
#include "tests/benchmarks/bench_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::RandomMatrix;

constexpr Metric kMetrics[] = {Metric::kCosine, Metric::kDot, Metric::kL2};

TEST(FloatBoundTest, ARowReachesTheBoundOfItsOwnScore) {
  const size_t dims = 500;
  const FloatMatrix rows = RandomMatrix(200, dims, 1);
  for (const Metric metric : kMetrics) {
    for (size_t r = 1; r < rows.rows; ++r) {
      const double norm = Norm(rows.Row(r), dims);
      const double score = ExactScore(metric, rows.Row(0), rows.Row(r), dims, norm);
      const FloatBound bound(metric, dims, Norm(rows.Row(0), dims), score);
      float dot = 0;  // the least exact order of all
      for (size_t d = 0; d < dims; ++d) dot += rows.Row(0)[d] * rows.Row(r)[d];
      EXPECT_GE(dot, bound.LeastDot(norm)) << MetricName(metric) << " " << r;
      // And is not far above it, or the bound would be of no use.
      EXPECT_LT(dot, bound.LeastDot(norm) + 1e-4 * norm * norm) << MetricName(metric) << " " << r;
    }
  }
}

TEST(FloatBoundTest, WithoutAThresholdEveryRowReachesIt) {
  for (const Metric metric : kMetrics) {
    const FloatBound bound(metric, 8, 1, -std::numeric_limits<double>::infinity());
    EXPECT_EQ(bound.LeastDot(2), -std::numeric_limits<double>::infinity());
  }
}

TEST(FloatBoundTest, DoesNotHoldWhereFloatsOverflow) {
  EXPECT_TRUE(FloatBound::Holds(1e18, 1e18));
  EXPECT_FALSE(FloatBound::Holds(1e20, 1e19));
}

}  // namespace
}  // namespace nestor::bench
