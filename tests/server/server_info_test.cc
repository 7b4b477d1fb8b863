#include "server/server_info.h"

#include "absl/time/clock.h"
#include "engine/kernels/kernel_table.h"
#include "gtest/gtest.h"
#include "server/build_info.h"
#include "server/convert_time.h"
#include "tests/server/running_server.h"

namespace nestor::testing {
namespace {

TEST(ServerInfoTest, ANameMayLookLikeOtherFields) {
  const ProcessStat stat = ParseProcessStat(
      "42 (a) 7 (b) S 1 1 1 0 -1 4194560 100 0 0 0 10 20 0 0 20 0 5 0 1000 90000000 777 "
      "18446744073709551615 1 1\n");
  EXPECT_EQ(stat.threads, 5U);
  EXPECT_EQ(stat.resident_pages, 777U);
}

TEST(ServerInfoTest, WhatIsNoStatIsZero) {
  for (const char* text : {"", "42", "42 (a) S 1", "42 (a)",
                           "42 (a) S 1 1 1 0 -1 1 1 0 0 0 1 1 0 0 20 0 five 0 1 9 777 1"}) {
    EXPECT_EQ(ParseProcessStat(text).threads, 0U) << text;
    EXPECT_EQ(ParseProcessStat(text).resident_pages, 0U) << text;
  }
}

TEST(ServerInfoTest, AnswersBeforeThereIsAnEngine) {
  RunningServer server;  // not recovered
  const absl::StatusOr<v1::ServerInfo> info = server.client().GetServerInfo({});
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->version(), kVersion);
  EXPECT_EQ(info->commit(), kSourceCommit);
  EXPECT_EQ(info->kernels(), kernels::Kernels().name);
  EXPECT_LE(ReadTimestamp(info->start_time()), absl::Now());
  EXPECT_GT(info->resident_bytes(), 1U << 20);
  EXPECT_GT(info->threads(), 1U);
  EXPECT_GE(info->cores(), 1U);
}

TEST(ServerInfoTest, ProcessorTimeGrowsWithWork) {
  v1::ServerInfo before;
  WriteServerInfo(absl::UnixEpoch(), &before);
  v1::ServerInfo after;
  do {
    WriteServerInfo(absl::UnixEpoch(), &after);
  } while (ReadDuration(after.user_cpu_time()) + ReadDuration(after.system_cpu_time()) <=
           ReadDuration(before.user_cpu_time()) + ReadDuration(before.system_cpu_time()));
  EXPECT_EQ(ReadTimestamp(after.start_time()), absl::UnixEpoch());
}

}  // namespace
}  // namespace nestor::testing
