#include "benchmarks/paper/adaptive_retrieval.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "benchmarks/quality.h"
#include "tests/benchmarks/paper/labelled_data.h"

namespace nestor::bench {
namespace {

using nestor::testing::LabelledData;
using nestor::testing::MakeLabelledData;
using nestor::testing::PrefixCosine;
using nestor::testing::RankAll;
using ::testing::ElementsAre;
using ::testing::SizeIs;

const std::vector<size_t> kRetrievalDims = {4, 8, 16, 32};

class AdaptiveRetrievalTest : public ::testing::Test {
 protected:
  RetrievalTask Task(size_t shortlist, size_t limit) {
    neighbours_ = SearchPrefixes(base_, queries_, shortlist, 1);
    return {base_, queries_, neighbours_, judge_, limit, shortlist};
  }

  // Brute force in double: the first rows by the first dims, ranked and cut step by step.
  double Precision(size_t shortlist_dims, size_t shortlist, const std::vector<size_t>& rerank_dims,
                   const std::vector<size_t>& keep, size_t limit) const {
    Answers answers;
    for (size_t q = 0; q < data_.queries.rows; ++q) {
      const float* query = data_.queries.Row(q);
      RowIds rows = RankAll(data_.base, query, shortlist_dims);
      rows.resize(shortlist);
      for (size_t i = 0; i < rerank_dims.size(); ++i) {
        std::stable_sort(rows.begin(), rows.end(), [&](uint32_t a, uint32_t b) {
          return PrefixCosine(data_.base.Row(a), query, rerank_dims[i]) >
                 PrefixCosine(data_.base.Row(b), query, rerank_dims[i]);
        });
        rows.resize(keep[i]);
      }
      answers.push_back(rows);
    }
    return MeanAveragePrecision(answers, data_.labels.base, data_.labels.queries, limit);
  }

  const LabelledData data_ = MakeLabelledData({});
  const PrefixSpace base_{data_.base, kRetrievalDims};
  const PrefixSpace queries_{data_.queries, kRetrievalDims};
  const LabelJudge judge_{data_.labels};
  std::vector<LevelNeighbours> neighbours_;
};

TEST_F(AdaptiveRetrievalTest, EachPrefixFindsWhatBruteForceFinds) {
  const std::vector<RetrievalResult> results = SearchAtEachPrefix(Task(40, 10));
  ASSERT_THAT(results, SizeIs(4));
  for (const RetrievalResult& result : results) {
    EXPECT_NEAR(result.average_precision, Precision(result.shortlist_dims, 10, {}, {}, 10), 1e-9);
    EXPECT_EQ(result.of_exact, static_cast<double>(result.shortlist_dims) / 32);
  }
  EXPECT_LT(results.front().average_precision, results.back().average_precision);
}

TEST_F(AdaptiveRetrievalTest, EveryPairOfPrefixesFindsWhatBruteForceFinds) {
  const std::vector<RetrievalResult> results = RetrieveAdaptively(Task(40, 10));
  ASSERT_THAT(results, SizeIs(6));
  for (const RetrievalResult& result : results) {
    ASSERT_THAT(result.rerank_dims, SizeIs(1));
    EXPECT_GT(result.rerank_dims[0], result.shortlist_dims);
    EXPECT_NEAR(result.average_precision,
                Precision(result.shortlist_dims, 40, result.rerank_dims, {10}, 10), 1e-9);
    EXPECT_DOUBLE_EQ(
        result.mflops,
        static_cast<double>(result.shortlist_dims * 300 + result.rerank_dims[0] * 40) / 1e6);
  }
}

TEST_F(AdaptiveRetrievalTest, AShortlistOfAllRowsIsExactSearch) {
  const RetrievalTask task = Task(300, 10);
  const double exact = SearchAtEachPrefix(task).back().average_precision;
  for (const RetrievalResult& result : RetrieveAdaptively(task)) {
    if (result.rerank_dims[0] != 32) continue;
    EXPECT_DOUBLE_EQ(result.average_precision, exact);
  }
}

TEST_F(AdaptiveRetrievalTest, FunnelsFindWhatBruteForceFinds) {
  const std::vector<RetrievalResult> results = RetrieveByFunnel(Task(80, 10));
  ASSERT_THAT(results, SizeIs(3));
  EXPECT_THAT(results[0].rerank_dims, ElementsAre(8, 16, 32));
  EXPECT_THAT(results[0].lists, ElementsAre(80, 40, 20));
  EXPECT_NEAR(results[0].average_precision, Precision(4, 80, {8, 16, 32}, {40, 20, 10}, 10), 1e-9);
  EXPECT_DOUBLE_EQ(results[0].mflops, (4 * 300 + 8 * 80 + 16 * 40 + 32 * 20) / 1e6);
  EXPECT_THAT(results[2].rerank_dims, ElementsAre(32));
  EXPECT_NEAR(results[2].average_precision, Precision(16, 80, {32}, {10}, 10), 1e-9);
}

TEST_F(AdaptiveRetrievalTest, TheLastStepOfAFunnelRanksByAllDims) {
  const std::vector<RetrievalResult> results = RetrieveByFunnel(Task(20, 10));
  EXPECT_THAT(results[0].rerank_dims, ElementsAre(8, 32));
  EXPECT_THAT(results[0].lists, ElementsAre(20, 10));
  EXPECT_NEAR(results[0].average_precision, Precision(4, 20, {8, 32}, {10, 10}, 10), 1e-9);
}

TEST(FunnelListsTest, HalvesDownToTheLimit) {
  EXPECT_THAT(FunnelLists(200, 10), ElementsAre(200, 100, 50, 25, 10));
  EXPECT_THAT(FunnelLists(20, 10), ElementsAre(20, 10));
  EXPECT_THAT(FunnelLists(10, 10), ElementsAre(10));
}

TEST(MflopsTest, CountsAsThePaperDoes) {
  EXPECT_DOUBLE_EQ(Mflops(1'281'167, 2048, {}, {}), 1'281'167 * 2048.0 / 1e6);
  EXPECT_DOUBLE_EQ(Mflops(100'000, 16, {2048}, {200}), (16 * 100'000 + 2048 * 200) / 1e6);
}

}  // namespace
}  // namespace nestor::bench
