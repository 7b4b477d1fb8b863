#include "benchmarks/passes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace nestor::bench {
namespace {

TEST(PassesTest, GoRoundRobinOnceMoreThanTheyAreTimed) {
  std::string order;
  const std::vector<Pass> passes = {[&] {
                                      order += 'a';
                                      return absl::OkStatus();
                                    },
                                    [&] {
                                      order += 'b';
                                      return absl::OkStatus();
                                    }};
  const std::vector<PassTime> times = *TimePasses(passes, 2);
  EXPECT_EQ(order, "ababab");
  ASSERT_EQ(times.size(), 2U);
  EXPECT_GE(times[0].seconds, 0);
  EXPECT_GE(times[1].cpu_seconds, 0);
}

TEST(PassesTest, TheFirstErrorEndsThem) {
  int calls = 0;
  const std::vector<Pass> passes = {[] { return absl::InternalError("broken"); },
                                    [&] {
                                      ++calls;
                                      return absl::OkStatus();
                                    }};
  EXPECT_EQ(TimePasses(passes, 2).status(), absl::InternalError("broken"));
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace nestor::bench
