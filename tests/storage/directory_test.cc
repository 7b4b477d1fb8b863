#include "storage/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

using ::testing::HasSubstr;

TEST(CreateDirectoriesTest, CreatesAllThatIsMissing) {
  const testing::TempDir parent;
  EXPECT_TRUE(CreateDirectories(parent.Join("a/b/c")).ok());
  EXPECT_TRUE(std::filesystem::is_directory(parent.Join("a/b/c")));
  EXPECT_TRUE(CreateDirectories(parent.Join("a/b/c")).ok());
  EXPECT_TRUE(CreateDirectories(parent.Join("a/d/")).ok());
  EXPECT_TRUE(std::filesystem::is_directory(parent.Join("a/d")));
}

TEST(CreateDirectoriesTest, NamesTheFileThatIsInTheWay) {
  const testing::TempDir parent;
  std::ofstream(parent.Join("file")) << "here";
  const absl::Status status = CreateDirectories(parent.Join("file"));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr(parent.Join("file")));
  EXPECT_FALSE(CreateDirectories(parent.Join("file/below")).ok());
}

}  // namespace
}  // namespace nestor
