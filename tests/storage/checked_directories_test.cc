#include "storage/checked_directories.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "rocksdb/env.h"
#include "tests/storage/failing_files.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using testing::FailingFiles;
using ::testing::IsEmpty;
using testing::TempDir;

class CheckedDirectoriesTest : public ::testing::Test {
 protected:
  std::unique_ptr<CheckedDirectories> Open(rocksdb::Env* env = rocksdb::Env::Default()) const {
    auto directories = CheckedDirectories::Open(Root(), env);
    EXPECT_TRUE(directories.ok()) << directories.status();
    return *std::move(directories);
  }
  std::string Root() const { return base_.Join("root"); }
  // One file in a new directory.
  static absl::Status Make(const CheckedDirectories& directories, const std::string& name) {
    auto draft = directories.Begin(name);
    if (!draft.ok()) return draft.status();
    if (const auto crc = (*draft)->files().Write("file", {{1, "bytes"}}); !crc.ok()) {
      return crc.status();
    }
    if (const auto contents = (*draft)->Contents(); !contents.ok()) return contents.status();
    return (*draft)->Publish();
  }

  const TempDir base_;
};

TEST_F(CheckedDirectoriesTest, ADirectoryIsThereWhenItIsPublished) {
  const auto directories = Open();
  {
    auto draft = directories->Begin("a");
    ASSERT_TRUE(draft.ok()) << draft.status();
    ASSERT_TRUE((*draft)->files().Write("file", {{1, "bytes"}}).ok());
    EXPECT_THAT(*directories->List(), IsEmpty());
    EXPECT_TRUE(absl::IsNotFound(directories->Find("a").status()));
    EXPECT_TRUE((*draft)->Contents()->OpenFile("file").ok());
    ASSERT_TRUE((*draft)->Publish().ok());
  }
  EXPECT_THAT(*directories->List(), ElementsAre("a"));
  EXPECT_TRUE(directories->Find("a")->OpenFile("file").ok());
  EXPECT_TRUE(absl::IsAlreadyExists(directories->Begin("a").status()));
  ASSERT_TRUE(directories->Remove("a").ok());
  EXPECT_TRUE(fs::is_empty(Root()));
  EXPECT_TRUE(absl::IsNotFound(directories->Remove("a")));
}

TEST_F(CheckedDirectoriesTest, ADraftThatIsNotPublishedGoes) {
  const auto directories = Open();
  {
    auto draft = directories->Begin("a");
    ASSERT_TRUE((*draft)->files().Write("file", {{1, "bytes"}}).ok());
  }
  EXPECT_TRUE(fs::is_empty(Root()));
}

TEST_F(CheckedDirectoriesTest, OpeningRemovesWhatWasLeftHalfMadeAndOnlyThat) {
  fs::create_directories(Root() + "/.tmp-a");
  std::ofstream(Root() + "/.tmp-a/file") << "half";
  fs::create_directories(base_.Join("outside"));
  std::ofstream(base_.Join("outside/file")) << "x";
  fs::create_directory_symlink(base_.Join("outside"), Root() + "/.tmp-link");
  std::ofstream(Root() + "/.tmp-file") << "x";
  fs::create_directories(Root() + "/b");
  EXPECT_THAT(*Open()->List(), ElementsAre("b"));
  EXPECT_FALSE(fs::exists(Root() + "/.tmp-a"));
  EXPECT_TRUE(fs::exists(Root() + "/.tmp-file"));
  EXPECT_TRUE(fs::exists(base_.Join("outside/file")));
  // Nothing is written through a link that lies where a draft would.
  fs::create_directory_symlink(base_.Join("outside"), Root() + "/.tmp-c");
  EXPECT_FALSE(Make(*Open(), "c").ok());
  EXPECT_THAT(*Open()->List(), ElementsAre("b"));
  EXPECT_EQ(std::distance(fs::directory_iterator(base_.Join("outside")), {}), 1);
}

TEST_F(CheckedDirectoriesTest, RemovingRefusesWhatIsNotOnlyFiles) {
  const auto directories = Open();
  fs::create_directories(Root() + "/a/inside");
  std::ofstream(Root() + "/a/file") << "x";
  EXPECT_TRUE(absl::IsFailedPrecondition(directories->Remove("a")));
  EXPECT_THAT(*directories->List(), ElementsAre("a"));
  EXPECT_TRUE(fs::exists(Root() + "/a/file"));
}

// Whatever step fails, nothing is visible, and nothing is left.
TEST_F(CheckedDirectoriesTest, AFailureAtAnyStepLeavesNothing) {
  FailingFiles disk;
  const auto directories = Open(disk.env());
  int steps = 0;
  for (;; ++steps) {
    const bool full = steps % 2 == 0;
    disk.FailAfter(steps, full ? rocksdb::IOStatus::NoSpace("full") : rocksdb::IOStatus::IOError());
    const absl::Status status = Make(*directories, "a");
    if (!disk.failed()) {
      EXPECT_TRUE(status.ok()) << status;
      break;
    }
    disk.Heal();
    EXPECT_EQ(status.code(),
              full ? absl::StatusCode::kResourceExhausted : absl::StatusCode::kUnavailable)
        << "step " << steps << ": " << status;
    EXPECT_TRUE(fs::is_empty(Root())) << "step " << steps;
  }
  EXPECT_GE(steps, 10);
  EXPECT_THAT(*directories->List(), ElementsAre("a"));
}

}  // namespace
}  // namespace nestor
