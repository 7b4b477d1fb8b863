#include "benchmarks/paper/label_quality.h"

#include <gtest/gtest.h>

namespace nestor::bench {
namespace {

const Labels kLabels = {{7, 7, 8, 8, 7}, {7, 8, 9}};
const Answers kAnswers = {{0, 2, 1}, {4, 3, 2}, {0, 1, 2}};

TEST(LabelQualityTest, TheMeasuresFollowTheirFormulas) {
  const QualityAtK quality = LabelJudge(kLabels).At(3, kAnswers);
  EXPECT_EQ(quality.k, 3U);
  EXPECT_DOUBLE_EQ(quality.average_precision,
                   ((1 + 2.0 / 3) / 3 + (1.0 / 2 + 2.0 / 3) / 3 + 0) / 3);
  EXPECT_DOUBLE_EQ(quality.precision, (2.0 / 3 + 2.0 / 3 + 0) / 3);
  EXPECT_DOUBLE_EQ(quality.label_recall, (2.0 / 3 + 2.0 / 2 + 0) / 3);
}

TEST(LabelQualityTest, OnlyTheFirstKRowsCount) {
  const QualityAtK quality = LabelJudge(kLabels).At(1, kAnswers);
  EXPECT_DOUBLE_EQ(quality.precision, 1.0 / 3);
  EXPECT_DOUBLE_EQ(quality.label_recall, (1.0 / 3) / 3);
}

TEST(LabelQualityTest, Top1IsTheShareOfFirstRowsWithTheLabel) {
  EXPECT_DOUBLE_EQ(LabelJudge(kLabels).Top1(kAnswers), 1.0 / 3);
}

TEST(LabelQualityTest, NeighbourRecallIsTheShareOfTheTrueNeighbours) {
  EXPECT_DOUBLE_EQ(NeighbourRecall({{0, 1, 2}, {3, 4, 5}}, {{2, 1, 9}, {5, 8, 3}}, 3), 4.0 / 6);
  EXPECT_DOUBLE_EQ(NeighbourRecall({{0, 1, 2}}, {{2, 1, 9}}, 2), 0.5);
}

}  // namespace
}  // namespace nestor::bench
