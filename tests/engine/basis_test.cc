#include "engine/basis.h"

#include <cmath>
#include <vector>

#include "engine/float32_tier.h"
#include "engine/kernels/rotation.h"
#include "engine/vector_math.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

using testing::Random;
using testing::ValueOf;

constexpr size_t kBasisDims = 96;
constexpr size_t kBasisRows = 2000;

// Vectors of which each dim weighs less than the one before, and then, turned, no dim does.
std::vector<float> FallingVector(Random* random) {
  std::vector<float> vector = random->GaussianVector(kBasisDims);
  for (size_t i = 0; i < kBasisDims; ++i) vector[i] *= std::pow(0.93f, static_cast<float>(i));
  return vector;
}

struct Rows {
  std::vector<std::vector<float>> falling, turned;
};

Rows MakeRows(float mean = 0) {
  const kernels::Rotation rotation(kBasisDims);
  Rows rows;
  Random random(3);
  for (size_t row = 0; row < kBasisRows; ++row) {
    std::vector<float> vector = FallingVector(&random);
    vector.back() += mean;
    rows.falling.push_back(vector);
    rotation.Apply(vector.data());
    rows.turned.push_back(vector);
  }
  return rows;
}

std::unique_ptr<RerankTier> TierOf(const std::vector<std::vector<float>>& rows, Metric metric) {
  auto tier = std::make_unique<Float32Tier>(metric, kBasisDims, rows.size());
  for (const std::vector<float>& row : rows) tier->Append(row.data());
  return tier;
}

// The share of the squares of all rows that is in their first `count` coordinates.
double Share(const std::vector<std::vector<float>>& rows, size_t count, const Basis* basis) {
  double first = 0, all = 0;
  for (const std::vector<float>& row : rows) {
    std::vector<float> out = row;
    if (basis != nullptr) basis->Project(row.data(), count, out.data());
    first += std::pow(Norm(out.data(), count), 2);
    all += std::pow(Norm(row.data(), row.size()), 2);
  }
  return first / all;
}

TEST(BasisTest, FindsWhatARotationHid) {
  const Rows rows = MakeRows();
  const auto basis =
      ValueOf(LearnBasis(*TierOf(rows.turned, Metric::kDot), Metric::kDot, kBasisDims, kBasisDims));
  for (const size_t count : {4, 16, 48}) {
    const double best = Share(rows.falling, count, nullptr);
    EXPECT_GT(Share(rows.turned, count, basis.get()), best - 0.01) << count;
    EXPECT_LT(Share(rows.turned, count, nullptr), best - 0.1) << count;  // the test can fail
  }
}

TEST(BasisTest, AxesAreUnitVectorsAtRightAngles) {
  const auto basis = ValueOf(
      LearnBasis(*TierOf(MakeRows().turned, Metric::kL2), Metric::kL2, kBasisDims, kBasisDims));
  ASSERT_EQ(basis->size(), kBasisDims);
  for (size_t a = 0; a < kBasisDims; ++a) {
    std::vector<float> products(kBasisDims);
    basis->Project(basis->Axis(a).data(), kBasisDims, products.data());
    for (size_t b = 0; b < kBasisDims; ++b) EXPECT_NEAR(products[b], a == b ? 1 : 0, 0.01);
  }
}

// What all vectors have in common is part of every product with them.
TEST(BasisTest, TheMeanIsADirectionLikeOthers) {
  const Rows rows = MakeRows(10);
  const auto basis =
      ValueOf(LearnBasis(*TierOf(rows.falling, Metric::kDot), Metric::kDot, kBasisDims, 1));
  EXPECT_NEAR(std::abs(basis->Axis(0).back()), 1, 0.01);
}

TEST(BasisTest, CosineLearnsFromDirectionsAlone) {
  Rows rows = MakeRows();
  const auto basis =
      ValueOf(LearnBasis(*TierOf(rows.turned, Metric::kCosine), Metric::kCosine, kBasisDims, 8));
  for (std::vector<float>& row : rows.turned) {
    const float factor = 1000 * std::abs(row[0]);
    for (float& value : row) value *= factor;
  }
  const auto scaled =
      ValueOf(LearnBasis(*TierOf(rows.turned, Metric::kCosine), Metric::kCosine, kBasisDims, 8));
  // Of an axis only its sign is open.
  for (size_t i = 0; i < 8; ++i) {
    float product = 0;
    for (size_t d = 0; d < kBasisDims; ++d) {
      product += basis->Axis(i)[d] * scaled->Axis(i)[d];
    }
    EXPECT_NEAR(std::abs(product), 1, 0.01) << i;
  }
}

TEST(BasisTest, VectorsThatAreAllTheSameHaveOneToo) {
  const std::vector<std::vector<float>> rows(400, std::vector<float>(kBasisDims, 0.5f));
  const auto basis =
      ValueOf(LearnBasis(*TierOf(rows, Metric::kL2), Metric::kL2, kBasisDims, kBasisDims));
  EXPECT_NEAR(Share(rows, 1, basis.get()), 1, 0.01);
  EXPECT_NEAR(Share(rows, kBasisDims, basis.get()), 1, 0.01);
}

TEST(BasisTest, VersionsAreOfTheNumbers) {
  const Rows rows = MakeRows();
  const auto tier = TierOf(rows.turned, Metric::kDot);
  const auto basis = ValueOf(LearnBasis(*tier, Metric::kDot, kBasisDims, 32));
  EXPECT_EQ(Basis(kBasisDims, basis->codes(), basis->scales()).version(), basis->version());
  EXPECT_NE(basis->First(31)->version(), basis->version());
  std::vector<float> first(16), all(32);
  const std::vector<float> vector = Random(9).GaussianVector(kBasisDims);
  basis->First(16)->Project(vector.data(), 16, first.data());
  basis->Project(vector.data(), 32, all.data());
  for (size_t i = 0; i < 16; ++i) EXPECT_FLOAT_EQ(first[i], all[i]);
}

}  // namespace
}  // namespace nestor
