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
