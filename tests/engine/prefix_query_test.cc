#include "engine/prefix_query.h"

#include <cmath>

#include "engine/score_margin.h"
#include "engine/shortlist_index.h"
#include "gtest/gtest.h"

namespace nestor {
namespace {

constexpr float kThreeFour[] = {3, 4};

TEST(PrefixQueryTest, SpreadOfCosineIsTheSineOfTheAngle) {
  const PrefixCoder coder({Metric::kCosine, 2, 32});
  const PrefixQuery query(coder, kThreeFour);
  EXPECT_FLOAT_EQ(query.Spread(0.6f), 0.8f);
  EXPECT_FLOAT_EQ(query.Spread(0), 1);
  EXPECT_EQ(query.Spread(1.01f), 0);  // a code may score more than a row can
}

TEST(PrefixQueryTest, SpreadOfL2IsTheDistance) {
  const PrefixCoder coder({Metric::kL2, 2, 32});
  const PrefixQuery query(coder, kThreeFour);
  EXPECT_FLOAT_EQ(query.Spread(25 - 9), 3);  // scores are |query|^2 less the squared distance
  EXPECT_EQ(query.Spread(26), 0);
}

TEST(PrefixQueryTest, SpreadOfDotIsTheNorm) {
  const PrefixCoder coder({Metric::kDot, 2, 32});
  const PrefixQuery query(coder, kThreeFour);
  EXPECT_FLOAT_EQ(query.Spread(100), 5);
  EXPECT_FLOAT_EQ(query.Spread(-100), 5);
}

TEST(ScoreFloorTest, IsBelowTheBestThatIsKnown) {
  const PrefixCoder coder({Metric::kCosine, 2, 32});
  const PrefixQuery query(coder, kThreeFour);
  const ScoreMargin margin = {.top = 2, .width = 0.5};
  EXPECT_EQ(ScoreFloor().Below(0.6f), ScoreFloor::kNone);
  EXPECT_EQ(ScoreFloor(margin, query).Below(ScoreFloor::kNone), ScoreFloor::kNone);
  EXPECT_FLOAT_EQ(ScoreFloor(margin, query).Below(0.6f), 0.6f - 0.5f * 0.8f);
  EXPECT_FLOAT_EQ(ScoreFloor(margin, query, 0.8f).Below(0.6f), 0.8f - 0.5f * 0.6f);
  EXPECT_FLOAT_EQ(ScoreFloor(margin, query, 0.8f).Below(ScoreFloor::kNone), 0.8f - 0.5f * 0.6f);
}

TEST(ScoreFloorTest, TrimsSortedRows) {
  const PrefixCoder coder({Metric::kCosine, 2, 32});
  const PrefixQuery query(coder, kThreeFour);
  const ScoreFloor floor({.top = 2, .width = 0.5}, query);
  ScoredRows rows = {{1, 0.9f}, {2, 0.6f}, {3, 0.21f}, {4, 0.19f}};  // 0.2 is the floor
  floor.Trim(&rows);
  EXPECT_EQ(rows.size(), 3u);
  rows.resize(1);  // fewer than two: nothing is known
  rows.push_back({5, -0.9f});
  rows.pop_back();
  floor.Trim(&rows);
  EXPECT_EQ(rows.size(), 1u);
}

}  // namespace
}  // namespace nestor
