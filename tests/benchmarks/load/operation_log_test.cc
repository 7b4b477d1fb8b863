#include "benchmarks/load/operation_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nestor::bench {
namespace {

TEST(OperationLogTest, GivesBackWhatCameSince) {
  OperationLog log;
  for (uint32_t query = 0; query < 5; ++query) {
    OperationRecord record;
    record.query = query;
    log.Add(record);
  }
  EXPECT_EQ(log.From(0).size(), 5U);
  ASSERT_EQ(log.From(3).size(), 2U);
  EXPECT_EQ(log.From(3)[0].query, 3U);
  EXPECT_TRUE(log.From(5).empty());
  EXPECT_EQ(log.Take().size(), 5U);
  EXPECT_TRUE(log.From(0).empty());
}

TEST(OperationLogTest, KeepsNoMoreThanItsLimit) {
  OperationLog log(2);
  log.Add({});
  EXPECT_FALSE(log.full());
  log.Add({});
  EXPECT_TRUE(log.full());
  log.Add({});
  EXPECT_EQ(log.From(0).size(), 2U);
}

TEST(OperationLogTest, TheHighestRateIsAllowed) {
  for (const double seconds : {0.3, 7.0, 602.0, 3601.7, 19'999'999.0}) {
    const double rate = HighestRate(seconds);
    EXPECT_TRUE(CheckOperations(rate, seconds).ok()) << seconds;
    EXPECT_FALSE(CheckOperations(rate + 1, seconds).ok()) << seconds;
  }
  EXPECT_EQ(HighestRate(200), 100'000);
  EXPECT_EQ(HighestRate(1e9), 1);
}

TEST(OperationLogTest, ALoadThatWouldBeTooLongIsRefusedBeforeItBegins) {
  EXPECT_TRUE(CheckOperations(1000, 20'000).ok());
  const absl::Status status = CheckOperations(100'000, 300);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_EQ(status.message(),
            "100000 calls a second for 300 s are 30000000 calls; the limit is 20000000");
}

}  // namespace
}  // namespace nestor::bench
