#include "engine/score_error.h"

#include <cmath>
#include <cstring>
#include <memory>
#include <numeric>
#include <tuple>
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

}  // namespace
}  // namespace nestor
