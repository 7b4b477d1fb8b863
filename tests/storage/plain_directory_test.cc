#include "storage/plain_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TempDir;
using Kind = PlainDirectory::Entry::Kind;

class PlainDirectoryTest : public ::testing::Test {
 protected:
  PlainDirectoryTest() {
    fs::create_directory(base_.Join("root"));
    fs::create_directory(base_.Join("outside"));
    std::ofstream(base_.Join("outside/secret")) << "secret";
    EXPECT_TRUE(CheckedFiles::Open(base_.Join("outside")).value()->Write("good", {{1, "x"}}).ok());
  }
  PlainDirectory Root() const { return PlainDirectory::Open(base_.Join("root")).value(); }
  std::string InRoot(const std::string& name) const { return base_.Join("root/" + name); }
  void ExpectOutsideIsUntouched() const {
    EXPECT_TRUE(fs::exists(base_.Join("outside/secret")));
    EXPECT_TRUE(fs::exists(base_.Join("outside/good")));
  }

  const TempDir base_;
};

TEST_F(PlainDirectoryTest, ListsWhatEachEntryIsWithoutFollowingLinks) {
  std::ofstream(InRoot("file")) << "four";
  fs::create_directory(InRoot("directory"));
  fs::create_symlink(base_.Join("outside/secret"), InRoot("link"));
  fs::create_directory_symlink(base_.Join("outside"), InRoot("linked"));
  ASSERT_EQ(mkfifo(InRoot("pipe").c_str(), 0600), 0);
  const PlainDirectory root = Root();
  for (int i = 0; i < 2; ++i) {  // from the start again each time
    const auto entries = root.List(5);
    ASSERT_TRUE(entries.ok()) << entries.status();
    std::vector<std::pair<std::string, Kind>> kinds;
    for (const PlainDirectory::Entry& entry : *entries) kinds.emplace_back(entry.name, entry.kind);
    EXPECT_THAT(
        kinds, ElementsAre(std::pair("directory", Kind::kDirectory), std::pair("file", Kind::kFile),
                           std::pair("link", Kind::kOther), std::pair("linked", Kind::kOther),
                           std::pair("pipe", Kind::kOther)));
    EXPECT_EQ((*entries)[1].bytes, 4u);
  }
  EXPECT_TRUE(absl::IsFailedPrecondition(root.List(4).status()));
}

TEST_F(PlainDirectoryTest, NamesThatLeadElsewhereAreRefused) {
  const PlainDirectory root = Root();
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("../outside"),
        std::string("/etc"), std::string("a/b"), std::string("a\0b", 3)}) {
    EXPECT_TRUE(absl::IsInvalidArgument(root.OpenDirectory(name).status())) << name;
    EXPECT_TRUE(absl::IsInvalidArgument(root.OpenFile(name).status())) << name;
    EXPECT_TRUE(absl::IsInvalidArgument(root.RemoveDirectory(name))) << name;
    EXPECT_TRUE(absl::IsInvalidArgument(root.Rename(name, "a"))) << name;
    EXPECT_TRUE(absl::IsInvalidArgument(root.Rename("a", name))) << name;
  }
}

TEST_F(PlainDirectoryTest, OpensFilesAndNothingElse) {
  ASSERT_TRUE(CheckedFiles::Open(base_.Join("root")).value()->Write("good", {{1, "x"}}).ok());
  fs::create_directory(InRoot("directory"));
  fs::create_symlink(base_.Join("outside/good"), InRoot("link"));
  fs::create_symlink("good", InRoot("near"));
  ASSERT_EQ(mkfifo(InRoot("pipe").c_str(), 0600), 0);
  const PlainDirectory root = Root();
  const auto file = root.OpenFile("good");
  ASSERT_TRUE(file.ok()) << file.status();
  char byte = 0;
  EXPECT_TRUE(file->Read(1, &byte, 1).ok());
  EXPECT_EQ(byte, 'x');
  for (const char* name : {"directory", "link", "near", "pipe"}) {
    const absl::Status status = root.OpenFile(name).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(InRoot(name)));
  }
  EXPECT_TRUE(absl::IsNotFound(root.OpenFile("missing").status()));
}

TEST_F(PlainDirectoryTest, OpensDirectoriesAndNothingElse) {
  fs::create_directory(InRoot("directory"));
  std::ofstream(InRoot("file")) << "x";
  fs::create_directory_symlink(base_.Join("outside"), InRoot("link"));
  ASSERT_EQ(mkfifo(InRoot("pipe").c_str(), 0600), 0);
  const PlainDirectory root = Root();
  EXPECT_TRUE(root.OpenDirectory("directory").ok());
  for (const char* name : {"file", "link", "pipe"}) {
    EXPECT_TRUE(absl::IsFailedPrecondition(root.OpenDirectory(name).status())) << name;
  }
  EXPECT_TRUE(absl::IsNotFound(root.OpenDirectory("missing").status()));
}

TEST_F(PlainDirectoryTest, RemovesADirectoryAndLinksInItButNotWhereTheyLead) {
  fs::create_directory(InRoot("one"));
  std::ofstream(InRoot("one/file")) << "x";
  fs::create_symlink(base_.Join("outside/secret"), InRoot("one/link"));
  fs::create_directory_symlink(base_.Join("outside"), InRoot("one/linked"));
  ASSERT_EQ(mkfifo(InRoot("one/pipe").c_str(), 0600), 0);
  ASSERT_TRUE(Root().RemoveDirectory("one").ok());
  EXPECT_FALSE(fs::exists(InRoot("one")));
  ExpectOutsideIsUntouched();
}

TEST_F(PlainDirectoryTest, RemovesNothingBehindALinkOrAboveADirectory) {
  fs::create_directory_symlink(base_.Join("outside"), InRoot("link"));
  EXPECT_TRUE(absl::IsFailedPrecondition(Root().RemoveDirectory("link")));
  fs::create_directories(InRoot("one/inside"));
  std::ofstream(InRoot("one/file")) << "x";
  EXPECT_TRUE(absl::IsFailedPrecondition(Root().RemoveDirectory("one")));
  EXPECT_TRUE(fs::exists(InRoot("one/file")));
  ExpectOutsideIsUntouched();
}

}  // namespace
}  // namespace nestor
