#include "tests/crash/rest_damage.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "gtest/gtest.h"
#include "tests/testing/temp_dir.h"

namespace nestor::testing {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kNames = {"CURRENT",    "IDENTITY",   "MANIFEST-000005",
                                         "000012.sst", "000013.sst", "000014.log"};

std::string Read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void FillDirectory(const fs::path& data) {
  for (const std::string& name : kNames) {
    std::ofstream(data / name) << std::string(100, 'x') << name;
  }
  std::ofstream(data / "LOCK").flush();
}

TEST(RestDamageTest, FilesAreKnownByKind) {
  const TempDir directory;
  FillDirectory(directory.path());
  const auto kinds = FilesByKind(directory.path());
  EXPECT_EQ(kinds.size(), 5U);
  EXPECT_EQ(kinds.at("sst").size(), 2U);
  EXPECT_EQ(kinds.at("log").size(), 1U);
}

TEST(RestDamageTest, ExactlyTheNamedFilesChange) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const TempDir directory;
    FillDirectory(directory.path());
    std::map<fs::path, std::string> before;
    for (const std::string& name : kNames) {
      const fs::path path = fs::path(directory.path()) / name;
      before[path] = Read(path);
    }
    Random random(seed);
    const absl::StatusOr<RestDamage> damage = DamageAtRest(directory.path(), &random);
    ASSERT_TRUE(damage.ok()) << damage.status();
    for (const auto& [path, content] : before) {
      const bool named = std::count(damage->files.begin(), damage->files.end(), path) > 0;
      EXPECT_EQ(Read(path) != content, named) << damage->harm << " " << path;
    }
  }
}

}  // namespace
}  // namespace nestor::testing
