#include "benchmarks/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/kernels/kernel_table.h"

namespace nestor::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::MatchesRegex;

TEST(EnvironmentTest, SaysWhereAndHowTheNumbersWereMade) {
  const Json environment = EnvironmentJson({"nestor-bench", "engine"}, absl::FromUnixSeconds(0));
  EXPECT_EQ(environment["time"], "1970-01-01T00:00:00Z");
  EXPECT_THAT(environment["version"].get<std::string>(), MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
  EXPECT_THAT(environment["commit"].get<std::string>(),
              MatchesRegex("[0-9a-f]{12}(-dirty)?|unknown"));
  EXPECT_EQ(environment["kernels"], kernels::Kernels().name);
  EXPECT_GE(environment["cores"], 1);
  EXPECT_TRUE(environment["cpu_flags"].is_array());
  EXPECT_TRUE(environment["libraries"].contains("faiss"));
  EXPECT_THAT(environment["command_line"].get<std::vector<std::string>>(),
              ElementsAre("nestor-bench", "engine"));
}

}  // namespace
}  // namespace nestor::bench
