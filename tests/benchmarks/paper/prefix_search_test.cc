#include "benchmarks/paper/prefix_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/benchmarks/bench_files.h"
#include "tests/benchmarks/paper/labelled_data.h"

namespace nestor::bench {
namespace {

using nestor::testing::LabelledData;
using nestor::testing::MakeLabelledData;
using nestor::testing::MakeMatrix;
using nestor::testing::PrefixCosine;
using nestor::testing::RankAll;
using ::testing::ElementsAre;

const std::vector<size_t> kSearchDims = {4, 8, 12, 32};

// Every level of `found` against brute force in double: the cosines are those of the rows, and as
// large as the largest ones. Rows that are as good as each other may change places.
void ExpectTheBest(const LabelledData& data, const std::vector<LevelNeighbours>& found,
                   size_t size) {
  ASSERT_EQ(found.size(), kSearchDims.size());
  for (size_t level = 0; level < kSearchDims.size(); ++level) {
    for (size_t q = 0; q < data.queries.rows; ++q) {
      const float* query = data.queries.Row(q);
      const std::vector<uint32_t> truth = RankAll(data.base, query, kSearchDims[level]);
      const Neighbours& neighbours = found[level][q];
      ASSERT_EQ(neighbours.rows.size(), size);
      for (size_t i = 0; i < size; ++i) {
        const double cosine =
            PrefixCosine(data.base.Row(neighbours.rows[i]), query, kSearchDims[level]);
        EXPECT_NEAR(neighbours.cosines[i], cosine, 1e-5);
        EXPECT_NEAR(cosine, PrefixCosine(data.base.Row(truth[i]), query, kSearchDims[level]), 1e-5);
      }
    }
  }
}

TEST(PrefixSearchTest, FindsWhatBruteForceInDoubleFinds) {
  const LabelledData data = MakeLabelledData({.rows = 300});
  const PrefixSpace base(data.base, kSearchDims);
  const PrefixSpace queries(data.queries, kSearchDims);
  ExpectTheBest(data, SearchPrefixes(base, queries, 25, 1), 25);
}

TEST(PrefixSearchTest, BlocksOfRowsAndThreadsChangeNothing) {
  const LabelledData data = MakeLabelledData({.rows = 2500});  // more than two blocks
  const PrefixSpace base(data.base, kSearchDims);
  const PrefixSpace queries(data.queries, kSearchDims);
  ExpectTheBest(data, SearchPrefixes(base, queries, 25, 3), 25);
}

TEST(PrefixSearchTest, FewerRowsThanWantedAreAllFound) {
  const LabelledData data = MakeLabelledData({.rows = 7});
  const PrefixSpace base(data.base, kSearchDims);
  const PrefixSpace queries(data.queries, kSearchDims);
  ExpectTheBest(data, SearchPrefixes(base, queries, 25, 2), 7);
}

TEST(PrefixSearchTest, APrefixIsJudgedAtUnitLength) {
  // Row 1 has the longer first component, row 0 the better direction in two dims.
  const FloatMatrix matrix = MakeMatrix({{1, 1, 0}, {9, 0, 1}, {0, 0, 5}});
  const FloatMatrix query = MakeMatrix({{1, 1, 1}});
  const PrefixSpace base(matrix, {2, 3});
  const PrefixSpace queries(query, {2, 3});
  const auto found = SearchPrefixes(base, queries, 3, 1);
  EXPECT_THAT(found[0][0].rows, ElementsAre(0, 1, 2));
  EXPECT_EQ(found[0][0].cosines[2], 0) << "a prefix of zeros";
}

TEST(PrefixSearchTest, ARankingIsThatOfBruteForceAmongTheRows) {
  const LabelledData data = MakeLabelledData({});
  const PrefixSpace base(data.base, kSearchDims);
  const RowIds rows = {250, 3, 77, 4, 100, 299};
  for (size_t level = 0; level < kSearchDims.size(); ++level) {
    const float* query = data.queries.Row(0);
    RowIds truth;
    for (const uint32_t row : RankAll(data.base, query, kSearchDims[level])) {
      if (std::find(rows.begin(), rows.end(), row) != rows.end()) truth.push_back(row);
    }
    truth.resize(4);
    EXPECT_EQ(RankByPrefix(base, query, rows, level, 4), truth);
  }
}

}  // namespace
}  // namespace nestor::bench
