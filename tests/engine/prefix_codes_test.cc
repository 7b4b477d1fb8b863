#include "engine/prefix_codes.h"

#include <cmath>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing/oracle.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

using testing::OracleDot;
using testing::OracleNorm;
using testing::OracleScore;
using testing::Random;

class PrefixCodesTest
    : public ::testing::TestWithParam<std::tuple<Metric, uint32_t /*dims*/, uint32_t /*bits*/>> {
 protected:
  // With a centre where there may be one, unless it is said otherwise.
  std::shared_ptr<const PrefixCoder> Coder(bool centred = true) {
    std::vector<float> centre;
    if (centred && format_.bits != 32) centre = random_.GaussianVector(format_.dims, 0.2);
    return std::make_shared<const PrefixCoder>(format_, std::move(centre));
  }

  const PrefixCodeFormat format_{std::get<0>(GetParam()), std::get<1>(GetParam()),
                                 std::get<2>(GetParam())};
  Random random_{17};
};

class PackedPrefixCodesTest : public PrefixCodesTest {};

// The oracle's scores as codes have them: distances as squares, without the query's own, which is
// the same for all rows.
double CodeScore(Metric metric, const std::vector<float>& query, const std::vector<float>& row,
                 uint32_t dims) {
  const double score = OracleScore(metric, query, row, dims);
  const absl::Span<const float> q(query.data(), dims);
  return metric == Metric::kL2 ? OracleDot(q, q) - score * score : score;
}

// What is left of a score's error for a row and a query that are both at a right angle to what they
// have in common: as much as the codes lose of the row, spread over all dims.
double ErrorShare(const PrefixCodeFormat& format) {
  const double lost = format.bits == 1   ? 0.76
                      : format.bits == 2 ? 0.37
                      : format.bits == 4 ? 0.11
                                         : 0.02;
  return format.bits == 32 ? 1e-5 : 5 * lost / std::sqrt(static_cast<double>(format.dims));
}

// Vectors are longer than the prefix and far from normalised.
TEST_P(PrefixCodesTest, ScoresFollowTheRenormalisedPrefix) {
  const uint32_t full = 2 * format_.dims;
  const std::vector<float> query = random_.GaussianVector(full, 3);
  const auto coder = Coder();
  PrefixCodes codes(coder);
  std::vector<std::vector<float>> rows;
  for (int i = 0; i < 100; ++i) {
    rows.push_back(random_.GaussianVector(full, 1 + i % 5));
    EXPECT_TRUE(codes.Append(rows.back().data()));
  }
  std::vector<float> scores(rows.size());
  codes.ScoreRange(PrefixQuery(*coder, query.data()), 0, rows.size(), scores.data());
  double bias = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const absl::Span<const float> q(query.data(), format_.dims), x(rows[i].data(), format_.dims);
    const double centre = OracleNorm(coder->centre());
    double scale = (OracleNorm(q) + centre) * (OracleNorm(x) + centre);
    if (format_.metric == Metric::kCosine) scale = (1 + centre) * (1 + centre);
    if (format_.metric == Metric::kL2) scale = 2 * scale + OracleNorm(x) * OracleNorm(x);
    const double exact = CodeScore(format_.metric, query, rows[i], format_.dims);
    EXPECT_NEAR(scores[i], exact, ErrorShare(format_) * scale) << "row " << i;
    bias += (scores[i] - exact) / scale / static_cast<double>(rows.size());
  }
  EXPECT_NEAR(bias, 0, ErrorShare(format_) / 10);
}

TEST_P(PrefixCodesTest, ListsAndRangesScoreTheSame) {
  const auto coder = Coder();
  PrefixCodes codes(coder);
  for (int i = 0; i < 20; ++i) codes.Append(random_.GaussianVector(format_.dims).data());
  const PrefixQuery query(*coder, random_.GaussianVector(format_.dims).data());
  std::vector<float> range(20), list(3), tail(5);
  codes.ScoreRange(query, 0, 20, range.data());
  codes.ScoreRange(query, 15, 5, tail.data());
  codes.Score(query, {7, 19, 0}, list.data());
  EXPECT_FLOAT_EQ(list[0], range[7]);
  EXPECT_FLOAT_EQ(list[1], range[19]);
  EXPECT_FLOAT_EQ(list[2], range[0]);
  for (size_t i = 0; i < 5; ++i) EXPECT_FLOAT_EQ(tail[i], range[15 + i]);
}

TEST_P(PrefixCodesTest, CopiedCodesAreTheSameCodes) {
  const auto coder = Coder();
  PrefixCodes from(coder), to(coder);
  for (int i = 0; i < 10; ++i) from.Append(random_.GaussianVector(format_.dims).data());
  for (uint32_t row : {9u, 3u, 3u}) to.AppendFrom(from, row);
  EXPECT_EQ(to.size(), 3u);
  const PrefixQuery query(*coder, random_.GaussianVector(format_.dims).data());
  std::vector<float> copied(3), original(10);
  to.ScoreRange(query, 0, 3, copied.data());
  from.ScoreRange(query, 0, 10, original.data());
  EXPECT_FLOAT_EQ(copied[0], original[9]);
  EXPECT_FLOAT_EQ(copied[1], original[3]);
  EXPECT_FLOAT_EQ(copied[2], original[3]);
}

// A row at the centre has nothing left to code.
TEST_P(PackedPrefixCodesTest, ARowAtTheCentreHasItsTrueScore) {
  std::vector<float> centre = random_.GaussianVector(format_.dims);
  if (format_.metric == Metric::kCosine) {
    const double norm = OracleNorm(centre);
    for (float& value : centre) value = static_cast<float>(value / norm);
  }
  const auto coder = std::make_shared<const PrefixCoder>(format_, centre);
  PrefixCodes codes(coder);
  codes.Append(centre.data());
  const std::vector<float> query = random_.GaussianVector(format_.dims);
  float score = 0;
  codes.ScoreRange(PrefixQuery(*coder, query.data()), 0, 1, &score);
  const double exact = CodeScore(format_.metric, query, centre, format_.dims);
  EXPECT_NEAR(score, exact, 1e-5 * (1 + std::abs(exact)));
}

// Where rows have much in common, taking that away makes codes better.
TEST_P(PackedPrefixCodesTest, ACentreMakesErrorsSmaller) {
  const std::vector<float> mean = random_.GaussianVector(format_.dims, 2);
  const auto plain = Coder(false);
  const auto centred = std::make_shared<const PrefixCoder>(format_, [&] {
    std::vector<float> centre = mean;
    const double norm = std::sqrt(OracleDot(mean, mean) + format_.dims);
    if (format_.metric != Metric::kCosine) return centre;
    for (float& value : centre) value = static_cast<float>(value / norm);
    return centre;
  }());
  double plain_errors = 0, centred_errors = 0;
  for (int i = 0; i < 50; ++i) {
    std::vector<float> row = random_.GaussianVector(format_.dims);
    std::vector<float> query = random_.GaussianVector(format_.dims);
    for (uint32_t d = 0; d < format_.dims; ++d) {
      row[d] += mean[d];
      query[d] += mean[d];
    }
    const double exact = CodeScore(format_.metric, query, row, format_.dims);
    for (const auto& [coder, errors] :
         {std::pair(plain, &plain_errors), std::pair(centred, &centred_errors)}) {
      PrefixCodes codes(coder);
      codes.Append(row.data());
      float score = 0;
      codes.ScoreRange(PrefixQuery(*coder, query.data()), 0, 1, &score);
      *errors += std::abs(score - exact);
    }
  }
  EXPECT_LT(centred_errors, 0.7 * plain_errors);
}

TEST_P(PrefixCodesTest, AZeroPrefixIsReportedForCosineOnly) {
  const std::vector<float> zeros(format_.dims, 0);
  const auto coder = Coder();
  PrefixCodes codes(coder);
  EXPECT_EQ(codes.Append(zeros.data()), format_.metric != Metric::kCosine);
  EXPECT_EQ(PrefixQuery(*coder, zeros.data()).blind(), format_.metric != Metric::kL2);
  EXPECT_FALSE(PrefixQuery(*coder, random_.GaussianVector(format_.dims).data()).blind());
}

INSTANTIATE_TEST_SUITE_P(
    Formats, PrefixCodesTest,
    ::testing::Combine(::testing::Values(Metric::kCosine, Metric::kDot, Metric::kL2),
                       ::testing::Values(1, 7, 64, 130), ::testing::Values(1, 2, 4, 8, 32)));

INSTANTIATE_TEST_SUITE_P(
    Formats, PackedPrefixCodesTest,
    ::testing::Combine(::testing::Values(Metric::kCosine, Metric::kDot, Metric::kL2),
                       ::testing::Values(64, 130), ::testing::Values(1, 2, 4, 8)));

}  // namespace
}  // namespace nestor
