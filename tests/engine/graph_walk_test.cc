// The parts of a walk that have no branches, against what has.

#include "engine/graph_walk.h"

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/random_vectors.h"

namespace nestor::testing {
namespace {

using graph_walk_internal::InsertInPool;
using graph_walk_internal::kExpanded;
using graph_walk_internal::Visited;

TEST(GraphWalkTest, APoolHasTheBestInOrder) {
  constexpr size_t kLimit = 23;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const size_t scores = 1 + random.Below(40);  // few: many ties
    std::vector<uint32_t> rows(60);
    for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<uint32_t>(i);
    std::shuffle(rows.begin(), rows.end(), std::mt19937_64(seed));
    ScoredRows pool, all;
    for (const uint32_t row : rows) {
      const ScoredRow scored{row, static_cast<float>(random.Below(scores)) - 3};
      const auto has = [row](const ScoredRow& one) { return (one.row & ~kExpanded) == row; };
      const size_t place = InsertInPool(scored, kLimit, &pool);
      const auto found = std::find_if(pool.begin(), pool.end(), has);
      EXPECT_EQ(place, found == pool.end() ? kLimit : static_cast<size_t>(found - pool.begin()));
      all.push_back(scored);
      std::sort(all.begin(), all.end(), BetterScore<ScoredRow>);
      ASSERT_EQ(pool.size(), std::min(kLimit, all.size()));
      for (size_t i = 0; i < pool.size(); ++i) {
        ASSERT_EQ(pool[i].row & ~kExpanded, all[i].row);
        ASSERT_EQ(pool[i].score, all[i].score);
      }
      pool[random.Below(pool.size())].row |= kExpanded;  // which does not count
    }
  }
}

TEST(GraphWalkTest, EveryRowIsVisitedOnce) {
  constexpr size_t kNodes = 1000;
  ShortlistScratch scratch;
  Random random(1);
  for (int walk = 0; walk < 20; ++walk) {
    std::set<uint32_t> expected;
    Visited visited(kNodes, &scratch);
    while (expected.size() < 500) {
      std::vector<uint32_t> rows(random.Below(40)), fresh;
      for (uint32_t& row : rows) {
        row = static_cast<uint32_t>(random.Below(kNodes));
        if (expected.insert(row).second) fresh.push_back(row);
      }
      const size_t before = visited.size();
      visited.Add(rows);
      EXPECT_THAT(visited.Since(before), ::testing::ElementsAreArray(fresh));
    }
    EXPECT_EQ(visited.size(), expected.size());
  }
  // What a walk leaves behind is as if it had not been.
  EXPECT_THAT(scratch.visited, ::testing::Each(0u));
}

}  // namespace
}  // namespace nestor::testing
