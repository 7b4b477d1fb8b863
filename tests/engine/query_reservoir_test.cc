#include "engine/query_reservoir.h"

#include <set>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace nestor {
namespace {

std::vector<float> NumberedQuery(float number) { return {number, -number}; }

std::set<float> NumbersIn(const QueryReservoir& reservoir) {
  std::set<float> numbers;
  for (const std::vector<float>& query : reservoir.Sample()) {
    EXPECT_EQ(query, NumberedQuery(query[0]));
    numbers.insert(query[0]);
  }
  return numbers;
}

TEST(QueryReservoirTest, KeepsTheFirstQueries) {
  QueryReservoir reservoir(4, 2);
  EXPECT_EQ(reservoir.size(), 0u);
  EXPECT_TRUE(reservoir.Sample().empty());
  for (int i = 1; i <= 3; ++i) reservoir.Offer(NumberedQuery(static_cast<float>(i)));
  EXPECT_EQ(reservoir.size(), 3u);
  EXPECT_EQ(NumbersIn(reservoir), (std::set<float>{1, 2, 3}));
}

TEST(QueryReservoirTest, FollowsWhatIsSearchedFor) {
  constexpr size_t kCapacity = 200;
  QueryReservoir reservoir(kCapacity, 2);
  const auto share_above = [&](float least) {
    size_t above = 0;
    for (const float number : NumbersIn(reservoir)) above += number >= least ? 1 : 0;
    return static_cast<double>(above) / kCapacity;
  };
  int number = 0;
  for (; number < 200; ++number) reservoir.Offer(NumberedQuery(static_cast<float>(number)));
  // After as many as what is kept stands for, 1/e of the others are still there.
  for (; number < 200 + 3200; ++number) reservoir.Offer(NumberedQuery(static_cast<float>(number)));
  EXPECT_EQ(reservoir.size(), kCapacity);
  EXPECT_GT(share_above(200), 0.5);
  EXPECT_LT(share_above(200), 0.75);
  for (; number < 200 + 32000; ++number) reservoir.Offer(NumberedQuery(static_cast<float>(number)));
  EXPECT_GT(share_above(200), 0.99);
}

TEST(QueryReservoirTest, ThreadsOfferAndReadAtOnce) {
  QueryReservoir reservoir(50, 2);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 2000; ++i) {
        reservoir.Offer(NumberedQuery(static_cast<float>(t * 2000 + i)));
        if (i % 100 == 0) (void)NumbersIn(reservoir);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(reservoir.size(), 50u);
  EXPECT_EQ(NumbersIn(reservoir).size(), 50u);
}

}  // namespace
}  // namespace nestor
