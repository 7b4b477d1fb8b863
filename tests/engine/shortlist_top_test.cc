#include "engine/shortlist_top.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

using testing::Random;

std::vector<uint32_t> RowsOf(const ScoredRows& scored) {
  std::vector<uint32_t> rows;
  for (const ScoredRow& row : scored) rows.push_back(row.row);
  return rows;
}

TEST(ShortlistTopTest, KeepsWhatSortingKeepsThoughRowsBelowTheThresholdAreLeftOut) {
  Random random(1);
  for (const size_t size : {1, 2, 10, 100, 1000}) {
    for (const size_t count : {0, 1, 9, 100, 5000}) {
      ScoredRows all;
      ScoredRows found = {{7, 7}};  // is replaced
      ShortlistTop top(size, &found);
      for (uint32_t row = 0; row < count; ++row) {
        const ScoredRow scored{row, static_cast<float>(random.Below(50))};  // many ties
        all.push_back(scored);
        if (scored.score >= top.threshold()) top.Add(scored);
        EXPECT_EQ(top.full(), all.size() >= size);
      }
      top.Finish();
      std::sort(all.begin(), all.end(), BetterScore<ScoredRow>);
      all.resize(std::min(size, count));
      EXPECT_EQ(RowsOf(found), RowsOf(all)) << size << " of " << count;
    }
  }
}

TEST(ShortlistTopTest, LeavesOutWhatIsOutOfReachOfItsMargin) {
  Random random(2);
  const PrefixCoder coder({Metric::kDot, 2, 32});
  const float vector[] = {3, 4};
  const PrefixQuery query(coder, vector);  // whose spread is 5
  for (const size_t size : {1, 5, 20, 1000}) {
    for (const float best_known : {ScoreFloor::kNone, 700.0f, 2000.0f}) {
      const ScoreMargin margin = {.top = 5, .width = 20};
      ScoredRows all, found;
      ShortlistTop top(size, &found, {margin, query, best_known});
      for (uint32_t row = 0; row < 3000; ++row) {
        const ScoredRow scored{row, static_cast<float>(random.Below(1000))};
        all.push_back(scored);
        if (scored.score >= top.threshold()) top.Add(scored);
      }
      top.Finish();
      std::sort(all.begin(), all.end(), BetterScore<ScoredRow>);
      const float floor = std::max(all[4].score, best_known) - 100;
      ScoredRows expected;
      for (const ScoredRow& row : all) {
        // Of fewer rows than the margin's top, no best one is known.
        const bool in_reach =
            size < 5 && best_known == ScoreFloor::kNone ? true : row.score >= floor;
        if (in_reach && expected.size() < size) expected.push_back(row);
      }
      EXPECT_EQ(RowsOf(found), RowsOf(expected)) << size << ", known " << best_known;
    }
  }
}

}  // namespace
}  // namespace nestor
