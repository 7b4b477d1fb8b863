#include "benchmarks/gen/point_maker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "engine/vector_math.h"

namespace nestor::bench {
namespace {

struct Points {
  std::vector<std::vector<float>> vectors;
  std::vector<int32_t> labels;
};

Points MakePoints(const PointMaker& maker, GenRole role, uint64_t count) {
  Points points;
  for (uint64_t row = 0; row < count; ++row) {
    points.vectors.emplace_back(maker.dims());
    points.labels.push_back(maker.Make(role, row, points.vectors.back().data()));
  }
  return points;
}

std::vector<double> EnergyByDim(const Points& points) {
  std::vector<double> energy(points.vectors.front().size());
  for (const std::vector<float>& vector : points.vectors) {
    for (size_t d = 0; d < vector.size(); ++d) energy[d] += double{vector[d]} * vector[d];
  }
  for (double& of_dim : energy) of_dim /= static_cast<double>(points.vectors.size());
  return energy;
}

double Sum(const std::vector<double>& numbers, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; ++i) sum += numbers[i];
  return sum;
}

// Of the mean of the vectors scaled to unit length.
double SquaredNormOfTheMean(const Points& points) {
  const size_t dims = points.vectors.front().size();
  std::vector<double> mean(dims);
  for (const std::vector<float>& vector : points.vectors) {
    const double norm = Norm(vector.data(), dims);
    for (size_t d = 0; d < dims; ++d) mean[d] += vector[d] / norm;
  }
  double sum = 0;
  for (const double of_dim : mean) sum += of_dim * of_dim;
  return sum / static_cast<double>(points.vectors.size() * points.vectors.size());
}

double Cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double dot = 0;
  for (size_t d = 0; d < a.size(); ++d) dot += double{a[d]} * b[d];
  return dot / Norm(a.data(), a.size()) / Norm(b.data(), b.size());
}

TEST(PointMakerTest, APointIsAFunctionOfSeedAndRow) {
  const GenProfile profile = *FindGenProfile("imagenet");
  const PointMaker maker(profile, 24, 7);
  const PointMaker again(profile, 24, 7);
  const PointMaker other(profile, 24, 8);
  std::vector<float> a(24), b(24), c(24);
  for (const GenRole role : {GenRole::kBase, GenRole::kQuery}) {
    const int32_t label = maker.Make(role, 5, a.data());
    again.Make(role, 6, b.data());  // what was made before does not matter
    EXPECT_EQ(again.Make(role, 5, b.data()), label);
    EXPECT_EQ(a, b);
    other.Make(role, 5, c.data());
    EXPECT_NE(a, c);
  }
}

// Thousands of classes share one mean each, and there are only so many: hence the tolerances.
TEST(PointMakerTest, EnergyFollowsTheProfile) {
  for (const GenProfile& profile : GenProfiles()) {
    const std::vector<double> energy =
        EnergyByDim(MakePoints(PointMaker(profile, 256, 1), GenRole::kBase, 4000));
    EXPECT_NEAR(Sum(energy, 256), 1, 0.05) << profile.name;
    for (const size_t m : {8, 16, 32, 64, 128}) {
      const double expected = std::pow(static_cast<double>(m) / 256, profile.beta);
      EXPECT_NEAR(Sum(energy, m) / Sum(energy, 256), expected, 0.02) << profile.name << " " << m;
    }
  }
}

TEST(PointMakerTest, ConcentratedHasItsEnergyInFrontAndALongMean) {
  const PointMaker maker(*FindGenProfile("concentrated"), 2048, 1);
  const Points points = MakePoints(maker, GenRole::kBase, 3000);
  const std::vector<double> energy = EnergyByDim(points);
  EXPECT_NEAR(Sum(energy, 64) / Sum(energy, 2048), 0.84, 0.01);
  // The mean of the class means is not quite zero: a seed adds or takes some hundredths.
  EXPECT_NEAR(SquaredNormOfTheMean(points), 0.6, 0.06);
}

TEST(PointMakerTest, OneInAHundredIsNearlyADuplicateOfAnEarlierRow) {
  const PointMaker maker(*FindGenProfile("text"), 64, 1);
  const Points points = MakePoints(maker, GenRole::kBase, 10'000);
  int duplicates = 0;
  for (uint64_t row = 0; row < points.vectors.size(); ++row) {
    const uint64_t original = maker.OriginalOf(row);
    if (original == row) continue;
    ++duplicates;
    ASSERT_LT(original, row);
    EXPECT_GT(Cosine(points.vectors[row], points.vectors[original]), 0.999) << row;
    EXPECT_NE(points.vectors[row], points.vectors[original]);
    EXPECT_EQ(points.labels[row], points.labels[original]);
  }
  EXPECT_NEAR(duplicates, 100, 60);  // six sigma
}

// Angles stay, and no part of a vector knows more than another.
TEST(PointMakerTest, RotatedPointsAreTheSameButTurned) {
  const GenProfile profile = *FindGenProfile("imagenet");
  const Points plain = MakePoints(PointMaker(profile, 256, 1), GenRole::kBase, 500);
  const Points turned = MakePoints(PointMaker(profile, 256, 1, true), GenRole::kBase, 500);
  EXPECT_EQ(turned.labels, plain.labels);
  for (size_t row = 1; row < 500; ++row) {
    EXPECT_NEAR(Cosine(turned.vectors[row], turned.vectors[row - 1]),
                Cosine(plain.vectors[row], plain.vectors[row - 1]), 1e-4);
  }
  const auto first_part = [](const Points& points) {
    const std::vector<double> energy = EnergyByDim(points);
    return Sum(energy, 32) / Sum(energy, 256);
  };
  EXPECT_NEAR(first_part(turned), 32.0 / 256, 0.05);
  EXPECT_GT(first_part(plain), 0.25);
}

TEST(PointMakerTest, QueriesAreNotInTheBase) {
  const PointMaker maker(*FindGenProfile("imagenet"), 256, 1);
  const Points base = MakePoints(maker, GenRole::kBase, 2000);
  const Points queries = MakePoints(maker, GenRole::kQuery, 20);
  for (const std::vector<float>& query : queries.vectors) {
    double nearest = -1;
    for (const std::vector<float>& row : base.vectors) {
      nearest = std::max(nearest, Cosine(query, row));
    }
    EXPECT_LT(nearest, 0.98);  // a near-duplicate has 0.9999
  }
}

TEST(PointMakerTest, AllClassesHaveAboutAsManyPoints) {
  const PointMaker maker(*FindGenProfile("imagenet"), 8, 1);
  std::vector<int> counts(1000);
  for (const int32_t label : MakePoints(maker, GenRole::kBase, 100'000).labels) ++counts[label];
  EXPECT_GT(*std::min_element(counts.begin(), counts.end()), 50);  // 100 +- 10
  EXPECT_LT(*std::max_element(counts.begin(), counts.end()), 160);
}

// Whom a point is nearest to tells which class dominates it: without mixing that is its own.
TEST(PointMakerTest, TwoThirdsOfTheQueriesLookLikeTheirOwnClass) {
  const PointMaker maker(*FindGenProfile("imagenet"), 256, 1);
  const Points base = MakePoints(maker, GenRole::kBase, 10'000);
  const Points queries = MakePoints(maker, GenRole::kQuery, 200);
  int own = 0;
  for (size_t q = 0; q < queries.vectors.size(); ++q) {
    size_t nearest = 0;
    double best = -1;
    for (size_t row = 0; row < base.vectors.size(); ++row) {
      const double cosine = Cosine(queries.vectors[q], base.vectors[row]);
      if (cosine > best) best = cosine, nearest = row;
    }
    own += base.labels[nearest] == queries.labels[q] ? 1 : 0;
  }
  EXPECT_NEAR(own / 200.0, 0.646, 0.06);
}

}  // namespace
}  // namespace nestor::bench
