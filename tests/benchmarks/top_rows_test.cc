#include "benchmarks/top_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nestor::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TopRowsTest, KeepsTheBestWithTiesByLowerRow) {
  TopRows top(3);
  const double scores[] = {1, 5, 5, 0, 5, 2};
  for (uint32_t row = 6; row-- > 0;) top.Offer(scores[row], row);
  RowIds rows;
  top.Take(&rows);
  EXPECT_THAT(rows, ElementsAre(1, 2, 4));
}

TEST(TopRowsTest, GivesTheScoresWithTheRows) {
  TopRows top(4);
  for (const uint32_t row : {3, 1, 4, 5, 9, 2, 6}) top.Offer(10.0 * row, row);
  RowIds rows;
  std::vector<double> scores;
  top.Take(&rows, &scores);
  EXPECT_THAT(rows, ElementsAre(9, 6, 5, 4));
  EXPECT_THAT(scores, ElementsAre(90, 60, 50, 40));
}

TEST(TopRowsTest, IsEmptyAgainOnceTaken) {
  TopRows top(2);
  top.Offer(1, 1);
  RowIds rows;
  top.Take(&rows);
  EXPECT_THAT(rows, ElementsAre(1));
  top.Take(&rows);
  EXPECT_THAT(rows, IsEmpty());
}

}  // namespace
}  // namespace nestor::bench
