#include "benchmarks/paper/adaptive_classification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/benchmarks/bench_files.h"

namespace nestor::bench {
namespace {

using ::testing::ElementsAre;

constexpr double kNever = std::numeric_limits<double>::infinity();
const std::vector<size_t> kAll = {0, 1, 2, 3};

// The short prefix is wrong about query 3, of which it is least sure; the long one never.
const Votes kVotes = {{{true, 0.9}, {true, 0.6}, {true, 0.4}, {false, 0.1}},
                      {{true, 0.5}, {true, 0.5}, {true, 0.5}, {true, 0.5}}};

TEST(AdaptiveClassificationTest, TheMarginIsThatToTheNearestRowOfAnotherLabel) {
  const Labels labels = {{7, 7, 8}, {7, 8}};
  const std::vector<LevelNeighbours> neighbours = {
      {{{0, 1, 2}, {0.9, 0.8, 0.5}}, {{1, 2, 0}, {0.7, 0.6, 0.1}}}};
  const Votes votes = CastVotes(neighbours, labels);
  EXPECT_TRUE(votes[0][0].right);
  EXPECT_DOUBLE_EQ(votes[0][0].margin, 0.9 - 0.5);
  EXPECT_FALSE(votes[0][1].right);
  EXPECT_DOUBLE_EQ(votes[0][1].margin, 0.7 - 0.6);
}

TEST(AdaptiveClassificationTest, NeighboursOfOneLabelHaveTheirWidthAsMargin) {
  const Labels labels = {{7, 7}, {7}};
  const std::vector<LevelNeighbours> neighbours = {{{{0, 1}, {0.9, 0.8}}}};
  EXPECT_DOUBLE_EQ(CastVotes(neighbours, labels)[0][0].margin, 0.9 - 0.8);
  EXPECT_DOUBLE_EQ(CastVotes({{{{0}, {0.9}}}}, labels)[0][0].margin, 0);
}

TEST(AdaptiveClassificationTest, AThresholdLosesNoMoreThanTheTolerance) {
  EXPECT_THAT(LearnThresholds(kVotes, kAll, 0), ElementsAre(0.4));
  EXPECT_THAT(LearnThresholds(kVotes, kAll, 0.2), ElementsAre(0.4));
  EXPECT_THAT(LearnThresholds(kVotes, kAll, 0.25), ElementsAre(0.1));
}

TEST(AdaptiveClassificationTest, APrefixThatIsWrongWhereItIsSureNeverDecides) {
  Votes votes = kVotes;
  votes[0] = {{false, 0.9}, {false, 0.6}, {false, 0.4}, {true, 0.1}};
  EXPECT_THAT(LearnThresholds(votes, kAll, 0), ElementsAre(kNever));
}

TEST(AdaptiveClassificationTest, QueriesOfOneMarginAreDecidedTogether) {
  Votes votes = kVotes;
  votes[0] = {{true, 0.9}, {true, 0.4}, {false, 0.4}, {true, 0.1}};
  EXPECT_THAT(LearnThresholds(votes, {0, 1, 2}, 0), ElementsAre(0.9));
}

TEST(AdaptiveClassificationTest, ALevelThatIsRightMoreOftenThanTheLastDecidesAll) {
  Votes votes = kVotes;
  votes[1][0].right = false;
  EXPECT_THAT(LearnThresholds(votes, kAll, 0), ElementsAre(0.1));
}

TEST(AdaptiveClassificationTest, MeanDimsAndAccuracyAreThoseOfThePrefixesThatDecide) {
  const FloatMatrix matrix = nestor::testing::RandomMatrix(4, 8, 1);
  const PrefixSpace space(matrix, {2, 8});
  const AdaptiveResult some = Classify(kVotes, space, kAll, {0.5});
  EXPECT_DOUBLE_EQ(some.mean_dims, (2 + 2 + 8 + 8) / 4.0);
  EXPECT_DOUBLE_EQ(some.accuracy, 1);
  const AdaptiveResult all = Classify(kVotes, space, kAll, {0});
  EXPECT_DOUBLE_EQ(all.mean_dims, 2);
  EXPECT_DOUBLE_EQ(all.accuracy, 0.75);
  EXPECT_DOUBLE_EQ(Classify(kVotes, space, {3}, {kNever}).mean_dims, 8);
  EXPECT_DOUBLE_EQ(Accuracy(kVotes[0], {2, 3}), 0.5);
}

}  // namespace
}  // namespace nestor::bench
