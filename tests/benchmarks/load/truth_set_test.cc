#include "benchmarks/load/truth_set.h"

#include <gtest/gtest.h>

namespace nestor::bench {
namespace {

TruthSet OneQuery(const ScoredNeighbours& neighbours, size_t limit,
                  uint32_t first_churned = TruthSet::kNoChurn) {
  return TruthSet({neighbours}, limit, first_churned);
}

uint16_t Found(const TruthSet& truth, const std::vector<uint64_t>& ids) {
  return truth.Found(0, ids);
}

TEST(TruthSetTest, CountsTheTrueNeighboursOfAnAnswer) {
  const TruthSet truth = OneQuery({{5, 9, 2}, {}}, 3);
  EXPECT_EQ(truth.wanted(0), 3);
  EXPECT_EQ(Found(truth, {2, 5, 9}), 3);
  EXPECT_EQ(Found(truth, {7, 9, 1}), 1);
  EXPECT_EQ(Found(truth, {}), 0);
  EXPECT_DOUBLE_EQ(truth.Recall(0, 1), 1.0 / 3);
}

TEST(TruthSetTest, ARowCountsOnce) { EXPECT_EQ(Found(OneQuery({{5, 9, 2}, {}}, 3), {9, 9, 9}), 1); }

TEST(TruthSetTest, AnIdThatIsNoRowIsNotFound) {
  EXPECT_EQ(Found(OneQuery({{5}, {}}, 1), {(uint64_t{1} << 32) + 5}), 0);
}

TEST(TruthSetTest, WhatTiesWithTheLastNeighbourIsAsGood) {
  const TruthSet truth = OneQuery({{5, 9, 2, 3, 4}, {0.9, 0.8, 0.7, 0.7, 0.6}}, 3);
  EXPECT_EQ(truth.wanted(0), 3);
  EXPECT_EQ(Found(truth, {5, 9, 3}), 3);
  EXPECT_EQ(Found(truth, {9, 2, 3}), 3);
  EXPECT_EQ(Found(truth, {5, 9, 4}), 2);
}

TEST(TruthSetTest, NoAnswerHasMoreThanIsWanted) {
  EXPECT_EQ(Found(OneQuery({{5, 9, 2}, {0.9, 0.7, 0.7}}, 2), {5, 9, 2}), 2);
}

TEST(TruthSetTest, FewerRowsThanTheLimitAreAllThatIsWanted) {
  const TruthSet truth = OneQuery({{1, 0}, {0.5, 0.4}}, 10);
  EXPECT_EQ(truth.wanted(0), 2);
  EXPECT_EQ(Found(truth, {0, 1}), 2);
}

TEST(TruthSetTest, UnderChurnOnlyRowsThatStayAreWanted) {
  const TruthSet truth = OneQuery({{5, 9, 2}, {0.9, 0.8, 0.7}}, 3, 8);
  EXPECT_EQ(truth.wanted(0), 2);
  EXPECT_EQ(Found(truth, {5, 2, 7}), 2);
  EXPECT_EQ(Found(truth, {9, 5, 7}), 1);
}

// Rows 0 to 5 are scored 0.9, 0.8, 0.7, 0.7, 0.6, 0.5, and 1 and 3 may come and go: whatever is
// there, the exact answer has full recall.
TEST(TruthSetTest, UnderChurnEveryExactAnswerHasFullRecall) {
  const std::vector<double> scores = {0.9, 0.8, 0.7, 0.7, 0.6, 0.5};
  // The same rows, renumbered so that those that churn come last: 0, 2, 4, 5, then 1, 3.
  const RowIds row_of = {0, 4, 1, 5, 2, 3};
  for (const size_t limit : {1U, 2U, 3U, 4U}) {
    const TruthSet truth = OneQuery({row_of, scores}, limit, 4);
    for (int there = 0; there < 4; ++there) {
      std::vector<uint64_t> answer;
      for (size_t i = 0; i < scores.size() && answer.size() < limit; ++i) {
        if (i == 1 && (there & 1) == 0) continue;
        if (i == 3 && (there & 2) == 0) continue;
        answer.push_back(row_of[i]);
      }
      EXPECT_EQ(Found(truth, answer), truth.wanted(0)) << limit << " " << there;
      // The tie may as well go the other way.
      if (limit == 3 && there == 3) answer.back() = row_of[3];
      EXPECT_EQ(Found(truth, answer), truth.wanted(0)) << limit << " " << there;
    }
  }
}

TEST(TruthSetTest, AQueryWithoutTruthIsNotJudged) {
  EXPECT_EQ(TruthSet().wanted(0), 0);
  EXPECT_EQ(Found(TruthSet(), {1}), 0);
  EXPECT_EQ(OneQuery({{9}, {}}, 1, 8).wanted(0), 0);
}

}  // namespace
}  // namespace nestor::bench
