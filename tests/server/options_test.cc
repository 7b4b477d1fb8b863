#include "server/options.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

using ::testing::HasSubstr;

// What the options are after `arguments` and a config file with `text`.
absl::StatusOr<ServerOptions> Read(std::vector<std::string> arguments, const std::string& text) {
  testing::TempDir directory;
  const std::string file = directory.Join("nestor.toml");
  std::ofstream(file) << text;
  ServerOptions options;
  CLI::App app;
  AddOptions(&app, &options);
  arguments.insert(arguments.end(), {"--config", file});
  std::reverse(arguments.begin(), arguments.end());
  app.parse(arguments);
  const absl::Status status = ReadConfigFile(app, &options);
  if (!status.ok()) return status;
  return options;
}

TEST(OptionsTest, FlagsBeatTheEnvironmentAndTheEnvironmentBeatsTheFile) {
  setenv("NESTOR__QUEUE_LIMIT", "22", 1);
  setenv("NESTOR__WRITE_THREADS", "5", 1);
  const auto options =
      Read({"--write-threads", "7"},
           "write_threads = 3\nqueue_limit = 33\ndata = \"/from/file\"\nblock_cache_mib = 64\n");
  unsetenv("NESTOR__QUEUE_LIMIT");
  unsetenv("NESTOR__WRITE_THREADS");
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->write_threads, 7);
  EXPECT_EQ(options->queue_limit, 22u);
  EXPECT_EQ(options->data, "/from/file");
  EXPECT_EQ(options->block_cache_mib, 64u);
  EXPECT_EQ(options->grpc, "127.0.0.1:6434");
}

// As in nestord --check "$DIR" without a DIR: no reason to start a server.
TEST(OptionsTest, AnEmptyDirectoryToCheckIsStillToBeChecked) {
  ServerOptions options;
  CLI::App app;
  AddOptions(&app, &options);
  app.parse(std::vector<std::string>{"", "--check"});  // CLI11 takes them last to first
  EXPECT_EQ(options.check, "");
}

TEST(OptionsTest, BadFilesNameTheLine) {
  EXPECT_THAT(std::string(Read({}, "data = \"x\"\ngrcp = \"y\"\n").status().message()),
              HasSubstr("nestor.toml:2: grcp: no such setting"));
  EXPECT_THAT(std::string(Read({}, "data = \n").status().message()), HasSubstr("nestor.toml:1: "));
  EXPECT_THAT(std::string(Read({}, "\nwrite_threads = 0\n").status().message()),
              HasSubstr("nestor.toml:2: write_threads: "));
  EXPECT_THAT(std::string(Read({}, "data = true\n").status().message()),
              HasSubstr("must be a string or a number"));
  EXPECT_THAT(std::string(Read({}, "log_level = \"loud\"\n").status().message()),
              HasSubstr("loud"));
}

}  // namespace
}  // namespace nestor
