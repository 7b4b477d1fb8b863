#include "engine/score_error.h"

#include <cmath>
#include <cstring>
#include <memory>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/delta.h"
#include "engine/rerank_tier.h"
#include "gtest/gtest.h"
#include "tests/testing/oracle.h"
#include "tests/testing/random_vectors.h"

// Exact search rests on one fact: the score that the oracle computes lies inside the interval that
// a tier or a delta gives. Checked for each of them.

namespace nestor {
namespace {

using testing::OracleScore;
using testing::Random;

constexpr size_t kRows = 40;

// Some random, some nearly the query, some the query itself: distances then cancel.
std::vector<std::vector<float>> RowsAround(const std::vector<float>& query, double magnitude,
                                           Random* random) {
  std::vector<std::vector<float>> rows;
  for (size_t i = 0; i < kRows; ++i) {
    switch (i % 4) {
      case 0:
        rows.push_back(random->GaussianVector(query.size(), magnitude));
        break;
      case 1:
        rows.push_back(random->Near(query, magnitude * 1e-3));
        break;
      case 2:
        rows.push_back(random->Near(query, magnitude * 1e-6));
        break;
      default:
        rows.push_back(query);
    }
  }
  return rows;
}

void ExpectInside(Metric metric, const std::vector<float>& query,
                  const std::vector<std::vector<float>>& rows, const std::vector<float>& scores,
                  const std::vector<float>& errors) {
  for (size_t i = 0; i < rows.size(); ++i) {
    const double exact = OracleScore(metric, query, rows[i]);
    EXPECT_TRUE(std::isfinite(scores[i]) && std::isfinite(errors[i]));
    // In float32, as IntervalTop compares, and in double, as the exact stage does.
    EXPECT_LE(scores[i] - errors[i], exact) << "row " << i << " score " << scores[i];
    EXPECT_GE(scores[i] + errors[i], exact) << "row " << i << " score " << scores[i];
    EXPECT_LE(std::abs(double{scores[i]} - exact), double{errors[i]}) << "row " << i;
  }
}

void CheckTier(TierKind kind, Metric metric, const std::vector<float>& query,
               const std::vector<std::vector<float>>& rows) {
  const std::unique_ptr<RerankTier> tier = NewRerankTier(kind, metric, query.size(), rows.size());
  for (const auto& row : rows) tier->Append(row.data());
  std::vector<uint32_t> all(rows.size());
  std::iota(all.begin(), all.end(), 0);
  std::vector<float> scores(rows.size()), errors(rows.size());
  const FullQuery prepared(metric, query.data(), query.size());
  tier->ScoreWithError(prepared, all, ErrorBound::kCertain, scores.data(), errors.data());
  ExpectInside(metric, query, rows, scores, errors);
}

void CheckDelta(Metric metric, const std::vector<float>& query,
                const std::vector<std::vector<float>>& rows) {
  Delta delta(metric, query.size(), Row{1}, rows.size(), std::make_shared<const PayloadSchema>());
  for (const auto& row : rows) {
    delta.Append(Sequence{1}, {reinterpret_cast<const char*>(row.data()), row.size() * 4}, {});
  }
  std::vector<uint32_t> all(rows.size());
  std::iota(all.begin(), all.end(), 0);
  std::vector<float> scores(rows.size()), errors(rows.size());
  delta.ScoreWithError(FullQuery(metric, query.data(), query.size()), all, scores.data(),
                       errors.data());
  ExpectInside(metric, query, rows, scores, errors);
}

class ScoreErrorTest : public ::testing::TestWithParam<std::tuple<Metric, size_t, double>> {};

TEST_P(ScoreErrorTest, TheExactScoreLiesInEveryInterval) {
  const auto [metric, dims, magnitude] = GetParam();
  for (uint64_t seed = 0; seed < 4; ++seed) {
    SCOPED_TRACE(absl::StrCat(MetricName(metric), ", dims ", dims, ", magnitude ", magnitude));
    Random random(seed);
    const std::vector<float> query = random.GaussianVector(dims, magnitude);
    const auto rows = RowsAround(query, magnitude, &random);
    CheckTier(TierKind::kInt8, metric, query, rows);
    CheckTier(TierKind::kFloat32, metric, query, rows);
    CheckDelta(metric, query, rows);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Everywhere, ScoreErrorTest,
    ::testing::Combine(::testing::Values(Metric::kCosine, Metric::kDot, Metric::kL2),
                       ::testing::Values(1, 7, 64, 100, 130, 1000, 4099),
                       ::testing::Values(1e-30, 1e-20, 1e-15, 1e-6, 1, 1e6, 1e15)));

// The largest norm that the edge lets in is 1e18.
TEST(ScoreErrorTest, LargestNormsStayFinite) {
  for (Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    const std::vector<float> query(100, 0.99e17f), opposite(100, -0.99e17f);
    CheckTier(TierKind::kInt8, metric, query, {query, opposite});
    CheckTier(TierKind::kFloat32, metric, query, {query, opposite});
    CheckDelta(metric, query, {query, opposite});
  }
}

// Vectors far from the origin and close to each other: squares of norms cancel to nothing.
TEST(ScoreErrorTest, NearDuplicatesFarOutStayInsideTheirIntervals) {
  Random random(5);
  for (size_t dims : {3, 64, 257}) {
    std::vector<float> query = random.GaussianVector(dims);
    for (float& value : query) value += 1000;
    std::vector<std::vector<float>> rows;
    for (int i = 0; i < 50; ++i) rows.push_back(random.Near(query, std::pow(10.0, -i % 8)));
    CheckTier(TierKind::kInt8, Metric::kL2, query, rows);
    CheckTier(TierKind::kFloat32, Metric::kL2, query, rows);
    CheckDelta(Metric::kL2, query, rows);
  }
}

TEST(ScoreErrorTest, VectorsOfVeryDifferentMagnitudesStayInside) {
  Random random(6);
  for (Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    for (int round = 0; round < 50; ++round) {
      const auto magnitude = [&] { return std::pow(10.0, random.Uniform(-12, 12)); };
      const std::vector<float> query = random.GaussianVector(100, magnitude());
      std::vector<std::vector<float>> rows;
      for (int i = 0; i < 10; ++i) rows.push_back(random.GaussianVector(100, magnitude()));
      CheckTier(TierKind::kInt8, metric, query, rows);
      CheckTier(TierKind::kFloat32, metric, query, rows);
      CheckDelta(metric, query, rows);
    }
  }
}

TEST(ScoreErrorTest, RoundOutwardCoversTheInterval) {
  Random random(7);
  for (int i = 0; i < 100'000; ++i) {
    const double score = random.Gaussian() * std::pow(10.0, random.Uniform(-30, 30));
    const double error = std::abs(random.Gaussian()) * std::pow(10.0, random.Uniform(-35, 30));
    const BoundedScore bounded = RoundOutward(score, error);
    EXPECT_LE(bounded.score - bounded.error, score - error);
    EXPECT_GE(bounded.score + bounded.error, score + error);
  }
}

// An interval that always holds but says nothing would make exact search read everything.
TEST(ScoreErrorTest, IntervalsAreNarrow) {
  Random random(8);
  const std::vector<float> query = random.GaussianVector(512);
  const std::unique_ptr<RerankTier> int8 = NewRerankTier(TierKind::kInt8, Metric::kCosine, 512, 1);
  const std::unique_ptr<RerankTier> float32 =
      NewRerankTier(TierKind::kFloat32, Metric::kCosine, 512, 1);
  const std::vector<float> row = random.GaussianVector(512);
  float score = 0, error = 0;
  const FullQuery prepared(Metric::kCosine, query.data(), 512);
  int8->Append(row.data());
  int8->ScoreWithError(prepared, {0}, ErrorBound::kCertain, &score, &error);
  EXPECT_LT(error, 0.02f);
  float32->Append(row.data());
  float32->ScoreWithError(prepared, {0}, ErrorBound::kCertain, &score, &error);
  EXPECT_LT(error, 1e-4f);
}

// Rows whose dims fade, as those of Matryoshka embeddings do, and rows near the query.
std::vector<std::vector<float>> FadingRows(const std::vector<float>& query, size_t count,
                                           Random* random) {
  std::vector<std::vector<float>> rows;
  for (size_t i = 0; i < count; ++i) {
    std::vector<float> row = random->GaussianVector(query.size());
    for (size_t d = 0; d < row.size(); ++d) row[d] /= static_cast<float>(1 + d / 16);
    if (i % 2 == 0) {
      for (size_t d = 0; d < row.size(); ++d) row[d] = query[d] + 0.1f * row[d];
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

// Those of the int8 tier.
struct RoughScores {
  RoughScores(Metric metric, const std::vector<float>& query,
              const std::vector<std::vector<float>>& rows)
      : scores(rows.size()), errors(rows.size()) {
    const auto tier = NewRerankTier(TierKind::kInt8, metric, query.size(), rows.size());
    for (const auto& row : rows) tier->Append(row.data());
    std::vector<uint32_t> all(rows.size());
    std::iota(all.begin(), all.end(), 0);
    const FullQuery prepared(metric, query.data(), query.size());
    tier->ScoreRoughly(prepared, all, scores.data(), errors.data());
  }
  std::vector<float> scores, errors;
};

TEST(ScoreErrorTest, LikelyErrorsAreSmallAndHardlyEverTooSmall) {
  constexpr size_t kCount = 2000;
  Random random(9);
  for (const Metric metric : {Metric::kCosine, Metric::kDot}) {
    for (const TierKind kind : {TierKind::kInt8, TierKind::kFloat32}) {
      size_t outside = 0;
      double certain_sum = 0, likely_sum = 0;
      for (int round = 0; round < 10; ++round) {
        std::vector<float> query = random.GaussianVector(512);
        for (size_t d = 0; d < query.size(); ++d) query[d] /= static_cast<float>(1 + d / 16);
        const auto rows = FadingRows(query, kCount, &random);
        const auto tier = NewRerankTier(kind, metric, query.size(), kCount);
        for (const auto& row : rows) tier->Append(row.data());
        std::vector<uint32_t> all(kCount);
        std::iota(all.begin(), all.end(), 0);
        std::vector<float> scores(kCount), certain(kCount), likely(kCount);
        const FullQuery prepared(metric, query.data(), query.size());
        tier->ScoreWithError(prepared, all, ErrorBound::kCertain, scores.data(), certain.data());
        tier->ScoreWithError(prepared, all, ErrorBound::kLikely, scores.data(), likely.data());
        for (size_t i = 0; i < kCount; ++i) {
          EXPECT_LE(likely[i], certain[i]);
          certain_sum += certain[i];
          likely_sum += likely[i];
          const double exact = OracleScore(metric, query, rows[i]);
          outside += std::abs(double{scores[i]} - exact) > double{likely[i]} ? 1 : 0;
        }
      }
      EXPECT_LE(outside, 2u);                    // of 20,000, where 0.2 are expected
      EXPECT_LT(likely_sum, certain_sum * 0.6);  // most of what they are is in a few blocks
    }
  }
}

TEST(ScoreErrorTest, RoughErrorsAreHardlyEverTooSmall) {
  constexpr size_t kCount = 2000;
  constexpr size_t kDims = 1000;
  Random random(11);
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    size_t outside = 0;
    double worst_sum = 0, rough_sum = 0;
    for (int round = 0; round < 10; ++round) {
      std::vector<float> query = random.GaussianVector(kDims);
      for (size_t d = 0; d < query.size(); ++d) query[d] /= static_cast<float>(1 + d / 16);
      const auto rows = FadingRows(query, kCount, &random);
      const RoughScores rough(metric, query, rows);
      for (size_t i = 0; i < kCount; ++i) {
        const double off = std::abs(double{rough.scores[i]} - OracleScore(metric, query, rows[i]));
        outside += off > double{rough.errors[i]} ? 1 : 0;
        worst_sum += off;
        rough_sum += rough.errors[i];
      }
    }
    EXPECT_LE(outside, 2u);  // of 20,000, where 0.2 are expected
    // Not much larger than they need be: of 5 standard deviations the mean is 0.8 / 5.
    EXPECT_GT(worst_sum, rough_sum * 0.08) << MetricName(metric);
  }
}

// What values are nothing but 0 and +- one number is not rounded, so that nothing of it adds up.
TEST(ScoreErrorTest, RoughScoresOfBinaryCodesAreRight) {
  constexpr size_t kDims = 1024;
  Random random(12);
  for (const std::vector<float>& values :
       {std::vector<float>{-1, 1}, std::vector<float>{-1, 0, 1}, std::vector<float>{0, 0, 0, 1}}) {
    const auto vector = [&] {
      std::vector<float> result(kDims);
      for (float& value : result) value = values[random.Below(values.size())];
      return result;
    };
    const std::vector<float> query = vector();
    std::vector<std::vector<float>> rows = {query};
    for (int i = 0; i < 300; ++i) rows.push_back(vector());
    const RoughScores rough(Metric::kDot, query, rows);
    for (size_t i = 0; i < rows.size(); ++i) {
      const double exact = OracleScore(Metric::kDot, query, rows[i]);
      EXPECT_NEAR(rough.scores[i], exact, 1e-3 * (1 + std::abs(exact)));
      EXPECT_NEAR(rough.scores[i], exact, rough.errors[i]);
    }
  }
}

// Where the query is short, it is the rows' norms that distances are made of.
TEST(ScoreErrorTest, RoughDistancesFromNearTheOriginAreWithinTheirErrors) {
  constexpr size_t kDims = 1024;
  Random random(14);
  std::vector<std::vector<float>> rows;
  for (int i = 0; i < 500; ++i) rows.push_back(random.GaussianVector(kDims));
  for (const double magnitude : {0.0, 1e-6, 1e-3, 0.1}) {
    const std::vector<float> query = random.GaussianVector(kDims, magnitude);
    const RoughScores rough(Metric::kL2, query, rows);
    for (size_t i = 0; i < rows.size(); ++i) {
      EXPECT_NEAR(rough.scores[i], OracleScore(Metric::kL2, query, rows[i]), rough.errors[i]);
    }
  }
}

// One value of each block is larger than the others, which are all the same: so are their errors.
TEST(ScoreErrorTest, RoundingThatAlwaysGoesTheSameWayIsNoticed) {
  constexpr size_t kDims = 1024;
  for (const float other : {1.0F, 1.05F, 1.2F, 0.3F, 0.1F}) {
    std::vector<float> row(kDims, other);
    for (size_t d = 0; d < kDims; d += 64) row[d] = 2;
    std::vector<float> alternating = row;
    for (size_t d = 1; d < kDims; d += 2) alternating[d] = -alternating[d];
    for (const std::vector<float>& query : {std::vector<float>(kDims, 1), row, alternating}) {
      const RoughScores rough(Metric::kDot, query, {row, alternating});
      EXPECT_NEAR(rough.scores[0], OracleScore(Metric::kDot, query, row), rough.errors[0]);
      EXPECT_NEAR(rough.scores[1], OracleScore(Metric::kDot, query, alternating), rough.errors[1]);
    }
  }
}

// So does that of the query: all that is left out of it is 63 of what its largest values are 127 *
// 128 of.
TEST(ScoreErrorTest, WhatIsNotReadOfTheQueryIsWithinTheErrors) {
  constexpr size_t kDims = 2048;
  Random random(15);
  std::vector<float> query(kDims, 63.0F / 16256);
  for (size_t d = 0; d < kDims; d += 64) query[d] = 1;
  std::vector<std::vector<float>> rows = {std::vector<float>(kDims, 1)};
  for (int i = 0; i < 100; ++i) {
    rows.emplace_back(kDims);
    for (float& value : rows.back()) value = static_cast<float>(random.Uniform(0, 1));
  }
  const RoughScores rough(Metric::kDot, query, rows);
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_NEAR(rough.scores[i], OracleScore(Metric::kDot, query, rows[i]), rough.errors[i]);
  }
}

TEST(ScoreErrorTest, RoughScoresReadLess) {
  const auto bytes = [](uint32_t dims) {
    const auto tier = NewRerankTier(TierKind::kInt8, Metric::kCosine, dims, 0);
    return std::pair(tier->RowBytes(dims), tier->RoughRowBytes());
  };
  // Three numbers, 32 scales, 8 blocks of codes; of 24 blocks a half or all.
  EXPECT_EQ(bytes(2048),
            std::pair(size_t{12 + 128 + 512 + 24 * 64}, size_t{12 + 128 + 512 + 24 * 32}));
  EXPECT_EQ(bytes(768).second, 12u + 48 + 3 * 64 + 9 * 32);
  EXPECT_EQ(bytes(512).second, 0u);  // not worth it
  EXPECT_EQ(NewRerankTier(TierKind::kFloat32, Metric::kCosine, 2048, 0)->RoughRowBytes(), 0u);
}

// A tier of extreme vectors has errors that are numbers, and no row of it counts as unreadable.
TEST(ScoreErrorTest, LikelyErrorsOfExtremeVectorsAreNumbers) {
  for (const double magnitude : {1e-30, 1e-15, 1e15}) {
    Random random(10);
    const std::vector<float> query = random.GaussianVector(130, magnitude);
    const auto rows = RowsAround(query, magnitude, &random);
    const auto tier = NewRerankTier(TierKind::kInt8, Metric::kDot, 130, rows.size());
    for (const auto& row : rows) tier->Append(row.data());
    std::vector<uint32_t> all(rows.size());
    std::iota(all.begin(), all.end(), 0);
    std::vector<float> scores(rows.size()), errors(rows.size());
    const FullQuery prepared(Metric::kDot, query.data(), 130);
    tier->ScoreWithError(prepared, all, ErrorBound::kLikely, scores.data(), errors.data());
    ExpectInside(Metric::kDot, query, rows, scores, errors);
  }
}

TEST(ScoreErrorTest, RoughErrorsOfExtremeVectorsLeaveNothingOut) {
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    for (const double magnitude : {1e-30, 1e-15, 1e15}) {
      Random random(13);
      const std::vector<float> query = random.GaussianVector(1000, magnitude);
      const auto rows = RowsAround(query, magnitude, &random);
      const RoughScores rough(metric, query, rows);
      for (size_t i = 0; i < rows.size(); ++i) {
        EXPECT_NE(rough.scores[i], kUnreadableScore);
        EXPECT_GE(rough.scores[i] + rough.errors[i], OracleScore(metric, query, rows[i]));
        EXPECT_LE(rough.scores[i] - rough.errors[i], OracleScore(metric, query, rows[i]));
      }
    }
  }
}

}  // namespace
}  // namespace nestor
