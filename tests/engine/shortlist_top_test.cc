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

}  // namespace
}  // namespace nestor
