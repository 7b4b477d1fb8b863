#include "benchmarks/load/rate_search.h"

#include <gtest/gtest.h>

#include <vector>

namespace nestor::bench {
namespace {

// What is tried when every rate up to `limit` holds.
std::vector<double> Tried(RateSearch& search, double limit) {
  std::vector<double> tried;
  while (const std::optional<double> rate = search.Next()) {
    tried.push_back(*rate);
    search.Report(*rate <= limit);
  }
  return tried;
}

TEST(RateSearchTest, DoublesThenHalvesTheBracket) {
  RateSearch search({.first = 100, .precision = 0.1});
  EXPECT_EQ(Tried(search, 330), (std::vector<double>{100, 200, 400, 300, 350, 325}));
  EXPECT_EQ(search.held(), 325);
  EXPECT_EQ(search.failed(), 350);
}

TEST(RateSearchTest, GoesDownWhenTheFirstRateDoesNotHold) {
  RateSearch search({.first = 100, .precision = 0.1});
  EXPECT_EQ(Tried(search, 40).front(), 100);
  EXPECT_GT(*search.held(), 36);
  EXPECT_LE(*search.held(), 40);
  EXPECT_GT(*search.failed(), 40);
}

TEST(RateSearchTest, EndsAtTheLowestRate) {
  RateSearch search({.first = 4, .lowest = 1});
  EXPECT_EQ(Tried(search, 0), (std::vector<double>{4, 2, 1}));
  EXPECT_FALSE(search.held().has_value());
}

TEST(RateSearchTest, EndsAtTheHighestRate) {
  RateSearch search({.first = 300, .highest = 1000});
  EXPECT_EQ(Tried(search, 1e9), (std::vector<double>{300, 600, 1000}));
  EXPECT_EQ(search.held(), 1000);
  EXPECT_FALSE(search.failed().has_value());
}

TEST(RateSearchTest, TheFirstRateIsNotAboveTheHighest) {
  RateSearch search({.first = 300, .highest = 10});
  EXPECT_EQ(Tried(search, 1e9), (std::vector<double>{10}));
}

}  // namespace
}  // namespace nestor::bench
