#include "engine/nearest_centroid.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

using testing::Random;

double TrueScore(Metric metric, const float* centroid, const float* vector, size_t dims) {
  double dot = 0, distance = 0;
  for (size_t i = 0; i < dims; ++i) {
    const double difference = double{centroid[i]} - vector[i];
    dot += double{centroid[i]} * vector[i];
    distance += difference * difference;
  }
  return metric == Metric::kCosine ? dot : -distance;
}

class NearestCentroidTest : public ::testing::TestWithParam<Metric> {};
INSTANTIATE_TEST_SUITE_P(All, NearestCentroidTest,
                         ::testing::Values(Metric::kCosine, Metric::kDot, Metric::kL2),
                         [](const auto& info) { return std::string(MetricName(info.param)); });

// Numbers of centroids and vectors that are no multiples of what is done at once.
TEST_P(NearestCentroidTest, NoneIsNearer) {
  constexpr size_t kDimsOfThem = 37;
  Random random(11);
  for (const size_t count : {1, 63, 64, 65, 200}) {
    const std::vector<float> values = random.GaussianVector(count * kDimsOfThem);
    const Centroids centroids = {values, kDimsOfThem, GetParam()};
    ASSERT_EQ(centroids.count(), count);
    for (const size_t vectors : {1, 16, 23}) {
      const std::vector<float> rows = random.GaussianVector(vectors * kDimsOfThem);
      std::vector<NearestCentroid> nearest(vectors);
      FindNearest(centroids, rows.data(), vectors, nearest.data());
      for (size_t i = 0; i < vectors; ++i) {
        const float* const row = &rows[i * kDimsOfThem];
        double best = -std::numeric_limits<double>::infinity();
        for (size_t c = 0; c < count; ++c) {
          best = std::max(best, TrueScore(GetParam(), &values[c * kDimsOfThem], row, kDimsOfThem));
        }
        ASSERT_LT(nearest[i].number, count);
        const double found =
            TrueScore(GetParam(), &values[nearest[i].number * kDimsOfThem], row, kDimsOfThem);
        EXPECT_NEAR(found, best, 1e-4);
        EXPECT_NEAR(nearest[i].score, best, 1e-3);
      }
    }
  }
}

TEST_P(NearestCentroidTest, OfEqualOnesTheFirst) {
  const std::vector<float> values(3 * 150, 1.0F);
  const std::vector<float> row = {1, 2, 3};
  NearestCentroid nearest;
  FindNearest({values, 3, GetParam()}, row.data(), 1, &nearest);
  EXPECT_EQ(nearest.number, 0u);
}

}  // namespace
}  // namespace nestor
