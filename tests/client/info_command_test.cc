#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/client/fake_server.h"
#include "tests/client/run_nestor.h"

namespace nestor {
namespace {

using testing::FakeServer;
using ::testing::HasSubstr;
using testing::Outcome;
using testing::RunNestor;

TEST(InfoCommandTest, ShowsWhatTheServerIsAndUses) {
  FakeServer server;
  const Outcome outcome = RunNestor({"info", "--server", server.address()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("version             0.0.fake\n"));
  EXPECT_THAT(outcome.out, HasSubstr("system_cpu_seconds  0.5\n"));
}

TEST(InfoCommandTest, IsOneJsonObjectOnRequest) {
  FakeServer server;
  const std::vector<Json> lines =
      RunNestor({"info", "--json", "--server", server.address()}).JsonLines();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(ToLine(lines[0]),
            "{\"version\":\"0.0.fake\",\"commit\":\"0123456789ab\",\"kernels\":\"none\","
            "\"start_time\":\"2026-11-26T12:17:30Z\",\"user_cpu_seconds\":1.0,"
            "\"system_cpu_seconds\":0.5,\"resident_bytes\":1048576,\"threads\":3,\"cores\":2}");
}

}  // namespace
}  // namespace nestor
