#include "engine/scalar.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"

namespace nestor {
namespace {

constexpr auto kLess = std::partial_ordering::less;
constexpr auto kGreater = std::partial_ordering::greater;
constexpr auto kEqual = std::partial_ordering::equivalent;
constexpr auto kUnordered = std::partial_ordering::unordered;

Scalar Text(const char* text) { return std::string(text); }

TEST(CompareTest, IntegersAndDoublesCompareByTheirExactValues) {
  constexpr int64_t kBig = (int64_t{1} << 53) + 1;  // no double has this value
  EXPECT_EQ(Compare(int64_t{2}, 2.0), kEqual);
  EXPECT_EQ(Compare(int64_t{2}, 2.5), kLess);
  EXPECT_EQ(Compare(kBig, static_cast<double>(kBig)), kGreater);
  EXPECT_EQ(Compare(std::numeric_limits<int64_t>::max(), 0x1p63), kLess);
  EXPECT_EQ(Compare(std::numeric_limits<int64_t>::min(), -0x1p63), kEqual);
  EXPECT_EQ(Compare(-0.0, 0.0), kEqual);
  EXPECT_EQ(Compare(int64_t{1}, std::numeric_limits<double>::infinity()), kLess);
}

TEST(CompareTest, OtherKindsCompareAmongThemselves) {
  EXPECT_EQ(Compare(Text("a"), Text("ab")), kLess);
  EXPECT_EQ(Compare(Text("\xc3\xa9"), Text("z")), kGreater);  // bytes, not a language
  EXPECT_EQ(Compare(false, true), kLess);
  EXPECT_EQ(Compare(absl::FromUnixNanos(2), absl::FromUnixNanos(1)), kGreater);
  EXPECT_EQ(Compare(absl::FromUnixNanos(2), absl::FromUnixNanos(2)), kEqual);
}

TEST(CompareTest, WhatHasNoOrderIsUnordered) {
  EXPECT_EQ(Compare(int64_t{1}, Text("1")), kUnordered);
  EXPECT_EQ(Compare(int64_t{1}, true), kUnordered);
  EXPECT_EQ(Compare(Null(), Null()), kUnordered);
  EXPECT_EQ(Compare(std::nan(""), std::nan("")), kUnordered);
}

TEST(ScalarLessTest, OrdersKindsAndThenValues) {
  const ScalarLess less;
  EXPECT_TRUE(less(true, Text("a")));
  EXPECT_FALSE(less(Text("a"), true));
  EXPECT_TRUE(less(int64_t{1}, 1.5));
  EXPECT_FALSE(less(1.5, int64_t{1}));
  EXPECT_FALSE(less(1.0, int64_t{1}));
  EXPECT_FALSE(less(int64_t{1}, 1.0));
}

}  // namespace
}  // namespace nestor
