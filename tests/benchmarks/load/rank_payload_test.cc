#include "benchmarks/load/rank_payload.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace nestor::bench {
namespace {

TEST(RankPayloadTest, RanksAreAPermutationThatIsTheSameEverywhere) {
  std::vector<uint32_t> ranks = RanksOfRows(1000);
  EXPECT_EQ(ranks, RanksOfRows(1000));
  EXPECT_FALSE(std::is_sorted(ranks.begin(), ranks.end()));
  EXPECT_EQ(RanksOfRows(5), (std::vector<uint32_t>{2, 3, 4, 0, 1}));
  std::sort(ranks.begin(), ranks.end());
  for (uint32_t i = 0; i < 1000; ++i) ASSERT_EQ(ranks[i], i);
}

TEST(RankPayloadTest, AFilterKeepsTheShareThatItWasMadeFor) {
  EXPECT_EQ(RowsKept(1000, 0.01), 10U);
  EXPECT_EQ(RowsKept(1000, 1e-9), 1U) << "never none";
  EXPECT_EQ(RowsKept(1000, 1), 1000U);
  const std::vector<uint32_t> ranks = RanksOfRows(1000);
  const RowIds kept = RowsWithRankBelow(ranks, 10);
  EXPECT_EQ(kept.size(), 10U);
  EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end()));
  for (const uint32_t row : kept) EXPECT_LT(ranks[row], 10U);
}

TEST(RankPayloadTest, FilterAndPayloadAreAboutTheSameField) {
  EXPECT_EQ(RankPayload(7).fields().at("rank").int_value(), 7);
  const v1::Filter filter = RankFilter(10);
  EXPECT_EQ(filter.compare().field(), "rank");
  EXPECT_EQ(filter.compare().op(), v1::Filter::LT);
  EXPECT_EQ(filter.compare().values(0).int_value(), 10);
}

}  // namespace
}  // namespace nestor::bench
