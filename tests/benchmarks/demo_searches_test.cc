#include "benchmarks/demo_searches.h"

#include <gtest/gtest.h>

namespace nestor::bench {
namespace {

TEST(DemoSearchesTest, RecallIsTheShareOfTheExactHits) {
  const SearchRun exact{{{"a", "b"}, {"c", "d"}}, {}};
  const SearchRun run{{{"b", "x"}, {"d", "c"}}, {}};
  EXPECT_EQ(RecallAgainst(exact, run), 0.75);
  EXPECT_EQ(RecallAgainst(exact, exact), 1);
}

TEST(DemoSearchesTest, AnAnswerCountsWhereverItStands) {
  const SearchRun run{{{"a", "b"}, {"c", "d"}}, {}};
  EXPECT_EQ(AnswerShare({{"", "b", {}}, {"", "a", {}}}, run), 0.5);
}

}  // namespace
}  // namespace nestor::bench
