#include "benchmarks/truth/neighbour_finder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "benchmarks/truth/exact_score.h"
#include "engine/vector_math.h"
#include "tests/benchmarks/bench_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::MakeMatrix;
using nestor::testing::RandomMatrix;
using ::testing::ElementsAre;

Answers BruteForce(const FloatMatrix& base, const FloatMatrix& queries, Metric metric,
                   size_t limit) {
  Answers answers(queries.rows);
  for (size_t q = 0; q < queries.rows; ++q) {
    TopRows best(limit);
    for (size_t row = 0; row < base.rows; ++row) {
      const double norm = Norm(base.Row(row), base.dims);
      best.Offer(ExactScore(metric, queries.Row(q), base.Row(row), base.dims, norm),
                 static_cast<uint32_t>(row));
    }
    best.Take(&answers[q]);
  }
  return answers;
}

Answers Find(const FloatMatrix& base, const FloatMatrix& queries, Metric metric, size_t limit,
             int threads = 2) {
  NeighbourFinder finder(queries, metric, limit, threads);
  finder.Add(base.values.data(), base.rows);
  return finder.Take();
}

void ExpectBruteForce(const FloatMatrix& base, const FloatMatrix& queries, size_t limit) {
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    EXPECT_EQ(Find(base, queries, metric, limit), BruteForce(base, queries, metric, limit))
        << MetricName(metric);
  }
}

TEST(NeighbourFinderTest, EqualsBruteForceInDouble) {
  // Several tiles of rows, the last one short, and several groups of queries.
  ExpectBruteForce(RandomMatrix(1700, 96, 1), RandomMatrix(600, 96, 2), 10);
}

TEST(NeighbourFinderTest, BlocksAndThreadsDoNotMatter) {
  const FloatMatrix base = RandomMatrix(1000, 40, 1);
  const FloatMatrix queries = RandomMatrix(30, 40, 2);
  const Answers expected = BruteForce(base, queries, Metric::kCosine, 7);
  for (const int threads : {1, 3, 64}) {
    EXPECT_EQ(Find(base, queries, Metric::kCosine, 7, threads), expected);
  }
  NeighbourFinder finder(queries, Metric::kCosine, 7, 2);
  for (size_t first = 0; first < base.rows; first += 1 + first) {
    finder.Add(base.Row(first), std::min(1 + first, base.rows - first));
  }
  EXPECT_EQ(finder.Take(), expected);
}

// All differ in the last bits of a float only, where sums in float cannot tell them apart.
TEST(NeighbourFinderTest, RowsThatFloatCannotTellApartAreOrderedAsInDouble) {
  FloatMatrix base = RandomMatrix(1500, 64, 1);
  for (size_t row = 1; row < base.rows; ++row) {
    std::copy(base.Row(0), base.Row(0) + base.dims, base.Row(row));
    for (size_t bit = 0; bit < 11; ++bit) {
      float& value = base.Row(row)[bit];
      if ((row * 977 % 1500 >> bit & 1) != 0) value = std::nextafter(value, 2.0F);
    }
  }
  ExpectBruteForce(base, RandomMatrix(20, 64, 2), 25);
}

TEST(NeighbourFinderTest, EqualRowsAreOrderedByNumber) {
  const FloatMatrix base = MakeMatrix({{1, 0}, {0, 1}, {1, 0}, {1, 0}});
  EXPECT_THAT(Find(base, MakeMatrix({{1, 0}}), Metric::kCosine, 2), ElementsAre(ElementsAre(0, 2)));
}

TEST(NeighbourFinderTest, ALargeCommonPartDoesNotHideSmallDistances) {
  FloatMatrix base = RandomMatrix(1200, 32, 1);
  FloatMatrix queries = RandomMatrix(20, 32, 2);
  for (float& value : base.values) value = 1000 + value;
  for (float& value : queries.values) value = 1000 + value;
  ExpectBruteForce(base, queries, 10);
}

TEST(NeighbourFinderTest, ValuesBeyondTheRangeOfFloatProductsAreRightToo) {
  FloatMatrix base = RandomMatrix(1200, 32, 1);
  FloatMatrix queries = RandomMatrix(20, 32, 2);
  for (const float scale : {1e25F, 1e-30F}) {
    FloatMatrix scaled = base;
    for (float& value : scaled.values) value *= scale;
    FloatMatrix scaled_queries = queries;
    for (float& value : scaled_queries.values) value *= scale;
    ExpectBruteForce(scaled, scaled_queries, 10);
  }
}

TEST(NeighbourFinderTest, FewerRowsThanTheLimitAreAllGiven) {
  const FloatMatrix base = MakeMatrix({{1, 0}, {0, 1}});
  EXPECT_THAT(Find(base, MakeMatrix({{0, 2}}), Metric::kDot, 5), ElementsAre(ElementsAre(1, 0)));
}

}  // namespace
}  // namespace nestor::bench
