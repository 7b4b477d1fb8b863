#include "benchmarks/load/true_neighbours.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/benchmarks/bench_files.h"

namespace nestor::bench {
namespace {

using ::nestor::testing::MakeMatrix;

std::vector<ScoredNeighbours> Find(const TrueNeighbourOptions& options, const FloatMatrix& base) {
  DataIdentity data;
  data.query_count = 1;
  data.rows = base.rows == 0 ? 8 : base.rows;
  std::vector<uint32_t> ranks;
  for (uint32_t row = 0; row < base.rows; ++row) {
    ranks.push_back(static_cast<uint32_t>(base.rows) - 1 - row);
  }
  std::ostringstream log;
  const auto found = FindTrueNeighbours(options, data, base, ranks, MakeMatrix({{0}}), log);
  EXPECT_TRUE(found.ok()) << found.status();
  return found.ok() ? *found : std::vector<ScoredNeighbours>();
}

TEST(TrueNeighboursTest, OfABaseHaveScoresAndGoOnBehindTheLimit) {
  const std::vector<ScoredNeighbours> found =
      Find({.metric = Metric::kL2, .limit = 2}, MakeMatrix({{3}, {1}, {2}, {2}}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rows, (RowIds{1, 2, 3, 0}));
  EXPECT_EQ(found[0].scores, (std::vector<double>{-1, -4, -4, -9}));
}

TEST(TrueNeighboursTest, UnderAFilterAreAmongWhatItKeeps) {
  const std::vector<ScoredNeighbours> found =
      Find({.metric = Metric::kL2, .limit = 2, .kept = 3}, MakeMatrix({{0}, {3}, {1}, {2}}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rows, (RowIds{2, 3, 1})) << "row 0 has the highest rank";
}

TEST(TrueNeighboursTest, OfAFileAreTakenWithoutScores) {
  const std::vector<ScoredNeighbours> found =
      Find({.truth = nestor::testing::WriteIvecs("truth.ivecs", {{7, 5, 3}}), .limit = 2}, {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rows, (RowIds{7, 5}));
  EXPECT_TRUE(found[0].scores.empty());
}

}  // namespace
}  // namespace nestor::bench
