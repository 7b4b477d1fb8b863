#include "benchmarks/load/server_usage.h"

#include <gtest/gtest.h>

namespace nestor::bench {
namespace {

v1::ServerInfo Info(int64_t started, int64_t user, int64_t system) {
  v1::ServerInfo info;
  info.set_version("1.2.3");
  info.mutable_start_time()->set_seconds(started);
  info.mutable_user_cpu_time()->set_seconds(user);
  info.mutable_system_cpu_time()->set_seconds(system);
  info.set_resident_bytes(7);
  return info;
}

TEST(ServerUsageTest, ProcessorTimeIsThatBetweenTheTwo) {
  const Json json = ServerUsageJson({.before = Info(5, 10, 1), .after = Info(5, 12, 4)});
  EXPECT_EQ(json["cpu_seconds"], 5.0);
  EXPECT_EQ(json["version"], "1.2.3");
  EXPECT_EQ(json["resident_bytes"], 7);
}

TEST(ServerUsageTest, AServerThatCannotSayOrStartedAgainIsNull) {
  EXPECT_TRUE(ServerUsageJson({}).is_null());
  EXPECT_TRUE(ServerUsageJson({.before = Info(5, 1, 1)}).is_null());
  EXPECT_TRUE(ServerUsageJson({.before = Info(5, 10, 1), .after = Info(6, 1, 1)}).is_null());
  EXPECT_FALSE(AskServer(Client("127.0.0.1:1")).has_value());
}

}  // namespace
}  // namespace nestor::bench
