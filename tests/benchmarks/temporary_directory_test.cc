#include "benchmarks/temporary_directory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace nestor::bench {
namespace {

TEST(TemporaryDirectoryTest, IsEmptyAndGoesWithAllThatIsInIt) {
  std::filesystem::path path;
  {
    const auto directory = *TemporaryDirectory::Create();
    path = directory->path();
    ASSERT_TRUE(std::filesystem::is_empty(path));
    std::filesystem::create_directory(path / "inside");
    std::ofstream(path / "inside" / "file") << "x";
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(TemporaryDirectoryTest, TwoAreNotTheSame) {
  EXPECT_NE((*TemporaryDirectory::Create())->path(), (*TemporaryDirectory::Create())->path());
}

}  // namespace
}  // namespace nestor::bench
