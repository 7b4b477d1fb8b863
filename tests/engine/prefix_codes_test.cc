#include "engine/prefix_codes.h"

#include <cmath>
#include <tuple>
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
  const PrefixCodeFormat format_{std::get<0>(GetParam()), std::get<1>(GetParam()),
                                 std::get<2>(GetParam())};
  Random random_{17};
};

// Vectors are longer than the prefix and far from normalised.
TEST_P(PrefixCodesTest, ScoresFollowTheRenormalisedPrefix) {
  const uint32_t full = 2 * format_.dims;
  const std::vector<float> query = random_.GaussianVector(full, 3);
  PrefixCodes codes(format_);
  std::vector<std::vector<float>> rows;
  for (int i = 0; i < 100; ++i) {
    rows.push_back(random_.GaussianVector(full, 1 + i % 5));
    EXPECT_TRUE(codes.Append(rows.back().data()));
  }
  std::vector<float> scores(rows.size());
  codes.ScoreRange(PrefixQuery(format_, query.data()), 0, rows.size(), scores.data());
  for (size_t i = 0; i < rows.size(); ++i) {
    double exact = OracleScore(format_.metric, query, rows[i], format_.dims);
    const absl::Span<const float> q(query.data(), format_.dims), x(rows[i].data(), format_.dims);
    double scale = OracleNorm(q) * OracleNorm(x);
    if (format_.metric == Metric::kCosine) scale = 1;
    // Distances are left as squares, without the query's own, which is the same for all rows.
    if (format_.metric == Metric::kL2) {
      exact = OracleDot(q, q) - exact * exact;
      scale = OracleNorm(x) * (OracleNorm(q) + OracleNorm(x));
    }
    EXPECT_NEAR(scores[i], exact, (format_.bits == 8 ? 0.02 : 1e-5) * scale) << "row " << i;
  }
}

TEST_P(PrefixCodesTest, ListsAndRangesScoreTheSame) {
  PrefixCodes codes(format_);
  for (int i = 0; i < 20; ++i) codes.Append(random_.GaussianVector(format_.dims).data());
  const PrefixQuery query(format_, random_.GaussianVector(format_.dims).data());
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
  PrefixCodes from(format_), to(format_);
  for (int i = 0; i < 10; ++i) from.Append(random_.GaussianVector(format_.dims).data());
  for (uint32_t row : {9u, 3u, 3u}) to.AppendFrom(from, row);
  EXPECT_EQ(to.size(), 3u);
  std::vector<float> a(format_.dims), b(format_.dims);
  from.Decode(3, a.data());
  to.Decode(2, b.data());
  EXPECT_EQ(a, b);
  const PrefixQuery query(format_, random_.GaussianVector(format_.dims).data());
  std::vector<float> copied(3), original(10);
  to.ScoreRange(query, 0, 3, copied.data());
  from.ScoreRange(query, 0, 10, original.data());
  EXPECT_FLOAT_EQ(copied[0], original[9]);
  EXPECT_FLOAT_EQ(copied[1], original[3]);
}

TEST_P(PrefixCodesTest, AZeroPrefixIsReportedForCosineOnly) {
  const std::vector<float> zeros(format_.dims, 0);
  PrefixCodes codes(format_);
  EXPECT_EQ(codes.Append(zeros.data()), format_.metric != Metric::kCosine);
  EXPECT_EQ(PrefixQuery(format_, zeros.data()).blind(), format_.metric != Metric::kL2);
  EXPECT_FALSE(PrefixQuery(format_, random_.GaussianVector(format_.dims).data()).blind());
}

INSTANTIATE_TEST_SUITE_P(
    Formats, PrefixCodesTest,
    ::testing::Combine(::testing::Values(Metric::kCosine, Metric::kDot, Metric::kL2),
                       ::testing::Values(1, 7, 64, 130), ::testing::Values(8, 32)));

}  // namespace
}  // namespace nestor
