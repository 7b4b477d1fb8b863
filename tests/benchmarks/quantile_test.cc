#include "benchmarks/quantile.h"

#include <gtest/gtest.h>

namespace nestor::bench {
namespace {

TEST(QuantileTest, IsAValueThatTheShareDoesNotExceed) {
  EXPECT_EQ(Quantile({3, 1, 2}, 0.5), 2);
  EXPECT_EQ(Quantile({4, 3, 1, 2}, 0.5), 2);
  EXPECT_EQ(Quantile({4, 3, 1, 2}, 0.99), 4);
  EXPECT_EQ(Quantile({4, 3, 1, 2}, 0), 1);
  EXPECT_EQ(Quantile({4, 3, 1, 2}, 1), 4);
  EXPECT_EQ(Quantile({5}, 0.99), 5);
}

}  // namespace
}  // namespace nestor::bench
