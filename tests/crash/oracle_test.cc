#include "tests/crash/oracle.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace nestor::testing {
namespace {

using ::testing::HasSubstr;
using Write = Oracle::Write;

TEST(OracleTest, AReadThatOverlapsAWriteMaySeeEither) {
  Oracle oracle(3);
  oracle.Acknowledge({oracle.Begin(1, Write::kPut)});
  const Oracle::Window window = oracle.OpenWindow();
  const VersionedKey replaced = oracle.Begin(1, Write::kPut);
  EXPECT_TRUE(oracle.Check(window, 1, 1).ok());
  oracle.Acknowledge({replaced});
  EXPECT_TRUE(oracle.Check(window, 1, 1).ok()) << "its window opened before";
  EXPECT_TRUE(oracle.Check(window, 1, 2).ok());
  EXPECT_FALSE(oracle.Check(oracle.OpenWindow(), 1, 1).ok());
}

TEST(OracleTest, AViolationNamesKeyExpectedAndSeen) {
  Oracle oracle(3);
  oracle.Acknowledge({oracle.Begin(2, Write::kPut)});
  const absl::Status lost = oracle.Settle(2, std::nullopt);
  EXPECT_TRUE(absl::IsDataLoss(lost));
  EXPECT_THAT(lost.message(), HasSubstr("key 2: saw nothing, but version 1 was certain"));
}

TEST(OracleTest, AKeyThatDoesNotExistIsAPhantom) {
  Oracle oracle(3);
  EXPECT_THAT(oracle.Check(oracle.OpenWindow(), 3, 1).message(), HasSubstr("phantom"));
}

TEST(OracleTest, AReadCannotGoBackBehindAnother) {
  Oracle oracle(1);
  oracle.Acknowledge({oracle.Begin(0, Write::kPut)});
  oracle.Begin(0, Write::kPut);
  ASSERT_TRUE(oracle.Check(oracle.OpenWindow(), 0, 2).ok());
  EXPECT_FALSE(oracle.Check(oracle.OpenWindow(), 0, 1).ok());
}

TEST(OracleTest, RefusedWritesLeaveTheLastAsItWas) {
  Oracle oracle(1);
  oracle.Acknowledge({oracle.Begin(0, Write::kPut)});
  oracle.Refuse({oracle.Begin(0, Write::kDelete)});
  EXPECT_EQ(oracle.Last(0), 1U);
  EXPECT_TRUE(oracle.Settle(0, 1).ok());
  EXPECT_FALSE(oracle.Settle(0, std::nullopt).ok());
}

TEST(OracleTest, WhatIsAcknowledgedWithoutPowerIsUncertain) {
  Oracle oracle(1);
  oracle.Acknowledge({oracle.Begin(0, Write::kPut)});
  oracle.Disbelieve();
  oracle.Acknowledge({oracle.Begin(0, Write::kPut)});
  ASSERT_TRUE(oracle.Check(oracle.OpenWindow(), 0, 2).ok());
  EXPECT_TRUE(oracle.Check(oracle.OpenWindow(), 0, 1).ok());
  oracle.Believe();
  EXPECT_TRUE(oracle.Settle(0, 1).ok());
}

}  // namespace
}  // namespace nestor::testing
