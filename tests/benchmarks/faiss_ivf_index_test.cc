#include "benchmarks/faiss_ivf_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmarks/row_scorer.h"
#include "tests/benchmarks/bench_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::RandomMatrix;
using ::testing::SizeIs;

class FaissIvfIndexTest : public ::testing::TestWithParam<Metric> {
 protected:
  const FloatMatrix base_ = Prefixes(RandomMatrix(500, 24, 1), 24, GetParam());
  const FloatMatrix queries_ = RandomMatrix(20, 24, 2);
};

TEST_P(FaissIvfIndexTest, AllListsTogetherHoldWhatAScanFinds) {
  const auto index = FaissIvfIndex::Build(base_, GetParam(), {.lists = 20}).value();
  RowScorer scan(base_, GetParam(), 10);
  for (size_t q = 0; q < queries_.rows; ++q) {
    RowIds found;
    RowIds truth;
    ASSERT_TRUE(index->Search(queries_.Row(q), 10, 20, &found).ok());
    scan.Scan(queries_.Row(q), &truth);
    EXPECT_EQ(found, truth) << "query " << q;
  }
}

TEST_P(FaissIvfIndexTest, TheListOfARowIsTheFirstThatItsVectorProbes) {
  const auto index = FaissIvfIndex::Build(base_, GetParam(), {.lists = 20}).value();
  size_t found = 0;
  for (uint32_t row = 0; row < base_.rows; ++row) {
    RowIds rows;
    ASSERT_TRUE(index->Search(base_.Row(row), 1, 1, &rows).ok());
    found += rows == RowIds{row} ? 1 : 0;
  }
  // By inner product a longer vector of the list may be better than the row itself.
  EXPECT_GE(found, GetParam() == Metric::kDot ? base_.rows / 2 : base_.rows);
}

INSTANTIATE_TEST_SUITE_P(Metrics, FaissIvfIndexTest,
                         ::testing::Values(Metric::kCosine, Metric::kDot, Metric::kL2),
                         [](const auto& info) {
                           return std::string(MetricName(info.param).data(),
                                              MetricName(info.param).size());
                         });

TEST(FaissIvfListsTest, ListsThatHoldFewerRowsAnswerWithFewer) {
  const FloatMatrix base = RandomMatrix(6, 4, 1);
  const auto index = FaissIvfIndex::Build(base, Metric::kL2, {.lists = 6}).value();
  RowIds rows;
  ASSERT_TRUE(index->Search(base.Row(0), 5, 1, &rows).ok());
  EXPECT_THAT(rows, SizeIs(1));
  ASSERT_TRUE(index->Search(base.Row(0), 5, 6, &rows).ok());
  EXPECT_THAT(rows, SizeIs(5));
}

TEST(FaissIvfListsTest, ThereAreAtMostAsManyListsAsRows) {
  const FloatMatrix base = RandomMatrix(6, 4, 1);
  EXPECT_EQ(FaissIvfIndex::Build(base, Metric::kL2, {}).value()->lists(), 6U);
  EXPECT_EQ(FaissIvfIndex::Build(RandomMatrix(400, 4, 1), Metric::kL2, {}).value()->lists(), 80U);
}

}  // namespace
}  // namespace nestor::bench
