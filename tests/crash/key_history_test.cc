#include "tests/crash/key_history.h"

#include "gtest/gtest.h"

namespace nestor::testing {
namespace {

using Write = KeyHistory::Write;
constexpr KeyHistory::Seen kNothing = std::nullopt;

KeyHistory WithAcknowledged(std::initializer_list<Write> writes) {
  KeyHistory history;
  for (const Write write : writes) history.Acknowledge(history.Begin(write));
  return history;
}

TEST(KeyHistoryTest, NothingIsThereAtFirst) {
  const KeyHistory history;
  EXPECT_TRUE(history.Explains(0, kNothing));
  EXPECT_FALSE(history.Explains(0, 1));
  EXPECT_FALSE(history.LastIsPut());
}

TEST(KeyHistoryTest, AnAcknowledgedWriteMustBeSeen) {
  const KeyHistory history = WithAcknowledged({Write::kPut});
  EXPECT_TRUE(history.Explains(history.floor(), 1));
  EXPECT_FALSE(history.Explains(history.floor(), kNothing)) << "lost";
}

TEST(KeyHistoryTest, AReplacedVersionMustNotBeSeen) {
  const KeyHistory history = WithAcknowledged({Write::kPut, Write::kPut});
  EXPECT_FALSE(history.Explains(history.floor(), 1)) << "stale";
  EXPECT_TRUE(history.Explains(history.floor(), 2));
}

TEST(KeyHistoryTest, ADeletedPointMustNotComeBack) {
  const KeyHistory history = WithAcknowledged({Write::kPut, Write::kDelete});
  EXPECT_FALSE(history.Explains(history.floor(), 1)) << "resurrected";
  EXPECT_TRUE(history.Explains(history.floor(), kNothing));
}

TEST(KeyHistoryTest, AVersionThatWasNotBegunIsAPhantom) {
  const KeyHistory history = WithAcknowledged({Write::kPut});
  EXPECT_FALSE(history.Explains(history.floor(), 2));
}

TEST(KeyHistoryTest, AnUncertainWriteMayBeSeenOrNot) {
  KeyHistory history = WithAcknowledged({Write::kPut});
  history.Begin(Write::kDelete);
  EXPECT_TRUE(history.Explains(history.floor(), 1));
  EXPECT_TRUE(history.Explains(history.floor(), kNothing));
}

TEST(KeyHistoryTest, WhatWasSeenOnceIsCertain) {
  KeyHistory history = WithAcknowledged({Write::kPut});
  history.Begin(Write::kPut);
  history.Saw(history.floor(), 2);
  EXPECT_FALSE(history.Explains(history.floor(), 1));
}

TEST(KeyHistoryTest, ADeleteThatWasSeenMayBeTheFirstOfSeveral) {
  KeyHistory history = WithAcknowledged({Write::kPut});
  history.Begin(Write::kDelete);  // 2
  history.Begin(Write::kPut);     // 3
  history.Begin(Write::kDelete);  // 4
  history.Saw(history.floor(), kNothing);
  EXPECT_FALSE(history.Explains(history.floor(), 1));
  EXPECT_TRUE(history.Explains(history.floor(), 3));
}

TEST(KeyHistoryTest, AReadMaySeeWhatWasCertainWhenItBegan) {
  KeyHistory history = WithAcknowledged({Write::kPut});
  const Version floor = history.floor();
  history.Acknowledge(history.Begin(Write::kPut));
  EXPECT_TRUE(history.Explains(floor, 1));
  EXPECT_TRUE(history.Explains(floor, 2));
}

TEST(KeyHistoryTest, ARefusedWriteMustNotBeSeen) {
  KeyHistory history = WithAcknowledged({Write::kPut});
  history.Refuse(history.Begin(Write::kPut));
  EXPECT_FALSE(history.Explains(history.floor(), 2));
  EXPECT_EQ(history.Last(), 1U);
}

TEST(KeyHistoryTest, SettlingDecidesWhatWasUncertain) {
  KeyHistory history = WithAcknowledged({Write::kPut});
  history.Begin(Write::kPut);
  history.Settle(1);
  EXPECT_FALSE(history.Explains(history.floor(), 2)) << "it did not happen, and never will";
  EXPECT_EQ(history.Begin(Write::kPut), 3U);
}

TEST(KeyHistoryTest, SettlingOnNothingTakesTheLastDelete) {
  KeyHistory history = WithAcknowledged({Write::kPut});
  history.Begin(Write::kDelete);
  history.Begin(Write::kPut);
  history.Settle(kNothing);
  EXPECT_FALSE(history.Explains(history.floor(), 1));
  EXPECT_FALSE(history.Explains(history.floor(), 3));
  EXPECT_TRUE(history.Explains(history.floor(), kNothing));
}

}  // namespace
}  // namespace nestor::testing
