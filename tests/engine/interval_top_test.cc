#include "engine/interval_top.h"

#include <algorithm>
#include <set>

#include "gtest/gtest.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

std::set<uint32_t> Rows(const std::pmr::vector<Candidate>& candidates) {
  std::set<uint32_t> rows;
  for (const Candidate& candidate : candidates) rows.insert(candidate.row);
  return rows;
}

TEST(IntervalTopTest, WithoutErrorsKeepsExactlyTheBest) {
  IntervalTop top(2);
  const float scores[] = {1, 5, 3, 4};
  for (uint32_t row = 0; row < 4; ++row) top.Add({0, row, scores[row], 0});
  EXPECT_EQ(Rows(std::move(top).Take()), (std::set<uint32_t>{1, 3}));
}

TEST(IntervalTopTest, KeepsEveryTieOfTheLast) {
  IntervalTop top(2);
  for (uint32_t row = 0; row < 5000; ++row) top.Add({0, row, row == 17 ? 2.0f : 1.0f, 0});
  EXPECT_EQ(std::move(top).Take().size(), 5000u);
}

TEST(IntervalTopTest, KeepsAllWhenThereAreFewerThanAskedFor) {
  IntervalTop top(10);
  for (uint32_t row = 0; row < 3; ++row) top.Add({0, row, static_cast<float>(row), 0});
  EXPECT_EQ(std::move(top).Take().size(), 3u);
}

TEST(IntervalTopTest, KeepsWhatOverlapsAndDropsWhatCannotReach) {
  IntervalTop top(1);
  top.Add({0, 0, 10, 1});    // [9, 11]
  top.Add({0, 1, 8, 1});     // [7, 9] reaches it
  top.Add({0, 2, 7, 0.5f});  // [6.5, 7.5] does not
  EXPECT_EQ(Rows(std::move(top).Take()), (std::set<uint32_t>{0, 1}));
}

// Exact scores somewhere inside random intervals: whatever the order, the true best are kept.
TEST(IntervalTopTest, NeverDropsAMemberOfTheTrueTop) {
  testing::Random random(1);
  for (int round = 0; round < 200; ++round) {
    const size_t count = 1 + random.Below(8000);
    const size_t k = 1 + random.Below(50);
    const double largest_error = random.OneIn(2) ? 0.01 : 1;
    std::vector<std::pair<double, uint32_t>> exact;
    IntervalTop top(k);
    for (uint32_t row = 0; row < count; ++row) {
      const auto score = static_cast<float>(random.Gaussian());
      const auto error = static_cast<float>(random.Uniform(0, largest_error));
      exact.push_back({score + random.Uniform(-0.99, 0.99) * error, row});
      top.Add({0, row, score, error});
    }
    std::sort(exact.rbegin(), exact.rend());
    exact.resize(std::min(k, count));
    const std::set<uint32_t> kept = Rows(std::move(top).Take());
    for (const auto& [score, row] : exact) EXPECT_TRUE(kept.count(row)) << "round " << round;
  }
}

}  // namespace
}  // namespace nestor
