#include "engine/postings.h"

#include <set>
#include <string>

#include "gtest/gtest.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

using testing::Random;

template <typename Key>
std::set<uint32_t> RowsOf(const Postings<Key>& postings, size_t first, size_t last) {
  RowSet rows;
  postings.AddRows(first, last, &rows);
  return {rows.begin(), rows.end()};
}

TEST(PostingsTest, SortsAndDropsRepeatedEntries) {
  const Postings<std::string> postings({{"b", 1}, {"a", 3}, {"b", 0}, {"a", 3}});
  std::vector<std::pair<std::string, uint32_t>> entries;
  postings.ForEach([&](const std::string& key, uint32_t row) { entries.push_back({key, row}); });
  EXPECT_EQ(entries, (std::vector<std::pair<std::string, uint32_t>>{{"a", 3}, {"b", 0}, {"b", 1}}));
  EXPECT_EQ(postings.key_count(), 2u);
  EXPECT_EQ(postings.LowerBound("b"), 1u);
  EXPECT_EQ(postings.UpperBound("b"), 2u);
  EXPECT_EQ(postings.LowerBound("aa"), 1u);
}

TEST(PostingsTest, WithoutEntriesThereAreNoRows) {
  const Postings<int> postings(std::vector<std::pair<int, uint32_t>>{});
  EXPECT_EQ(postings.key_count(), 0u);
  EXPECT_TRUE(RowsOf(postings, 0, 0).empty());
  EXPECT_TRUE(RowsOf(Postings<int>(), 0, 0).empty());
}

TEST(PostingsTest, AddsToWhatIsThere) {
  const Postings<int> postings({{1, 10}, {2, 20}});
  RowSet rows;
  rows.add(7);
  postings.AddRows(1, 2, &rows);
  EXPECT_EQ((std::set<uint32_t>(rows.begin(), rows.end())), (std::set<uint32_t>{7, 20}));
}

// Sizes around whole leaves and whole levels of the tree.
TEST(PostingsTest, EveryRangeHasTheRowsOfItsKeys) {
  Random random(5);
  for (const size_t entries : {100, 4095, 4096, 4097, 16384, 16385, 70000, 5 * 65536 + 3}) {
    std::vector<std::pair<int, uint32_t>> all;
    for (size_t i = 0; i < entries; ++i) {
      all.push_back({static_cast<int>(random.Below(entries / 3 + 1)),
                     static_cast<uint32_t>(random.Below(2 * entries))});
    }
    const Postings<int> postings(all);
    for (int trial = 0; trial < 12; ++trial) {
      size_t first = trial == 0 ? 0 : random.Below(postings.key_count() + 1);
      size_t last = trial == 0 ? postings.key_count() : random.Below(postings.key_count() + 1);
      if (first > last) std::swap(first, last);
      std::set<uint32_t> expected;
      size_t key = 0;
      int before = -1;
      postings.ForEach([&](int value, uint32_t row) {
        if (before >= 0 && value != before) ++key;
        before = value;
        if (key >= first && key < last) expected.insert(row);
      });
      EXPECT_EQ(RowsOf(postings, first, last), expected) << entries << " " << first << " " << last;
    }
  }
}

}  // namespace
}  // namespace nestor
