#include "tests/crash/faulty_files.h"

#include "gtest/gtest.h"
#include "tests/testing/temp_dir.h"

namespace nestor::testing {
namespace {

class FaultyFilesTest : public ::testing::Test {
 protected:
  FaultyFilesTest() : switches_(*SharedFaultSwitches::Create(directory_.Join("switches"))) {}

  std::unique_ptr<rocksdb::WritableFile> NewFile(const std::string& name) {
    std::unique_ptr<rocksdb::WritableFile> file;
    EXPECT_TRUE(env_->NewWritableFile(directory_.Join(name), &file, rocksdb::EnvOptions()).ok());
    return file;
  }
  // What another process would find.
  std::string OnDisk(const std::string& name) {
    std::string content;
    EXPECT_TRUE(
        rocksdb::ReadFileToString(rocksdb::Env::Default(), directory_.Join(name), &content).ok());
    return content;
  }

  const TempDir directory_;
  const std::unique_ptr<SharedFaultSwitches> switches_;
  const std::unique_ptr<rocksdb::Env> env_ = NewFaultyEnv(&**switches_);
};

TEST_F(FaultyFilesTest, WithoutFaultsItIsTheRealFileSystem) {
  const auto file = NewFile("a");
  ASSERT_TRUE(file->Append("abc").ok());
  EXPECT_EQ(OnDisk("a"), "abc");
  EXPECT_TRUE(file->Sync().ok());
  EXPECT_TRUE(file->Close().ok());
}

TEST_F(FaultyFilesTest, WhatIsNotSyncedIsHeldBack) {
  (*switches_)->hold_back = 1;
  const auto file = NewFile("a");
  ASSERT_TRUE(file->Append("abc").ok());
  ASSERT_TRUE(file->Sync().ok());
  ASSERT_TRUE(file->Append("def").ok());
  ASSERT_TRUE(file->Flush().ok());
  EXPECT_EQ(OnDisk("a"), "abc");
  EXPECT_EQ(file->GetFileSize(), 6U);
  EXPECT_EQ((*switches_)->held_bytes, 3U);
  ASSERT_TRUE(file->Sync().ok());
  EXPECT_EQ(OnDisk("a"), "abcdef");
  EXPECT_EQ((*switches_)->held_bytes, 0U);
}

TEST_F(FaultyFilesTest, ClosingPassesOn) {
  (*switches_)->hold_back = 1;
  const auto file = NewFile("a");
  ASSERT_TRUE(file->Append("abc").ok());
  ASSERT_TRUE(file->Close().ok());
  EXPECT_EQ(OnDisk("a"), "abc");
}

TEST_F(FaultyFilesTest, TearingPassesOnABeginning) {
  (*switches_)->hold_back = 1;
  (*switches_)->tear = 1;
  const std::string text(1000, 'x');
  int torn = 0;
  for (int i = 0; i < 50; ++i) {
    const auto file = NewFile("a");
    ASSERT_TRUE(file->Append(text).ok());
    const std::string content = OnDisk("a");
    EXPECT_EQ(text.compare(0, content.size(), content), 0);
    if (!content.empty() && content.size() < text.size()) ++torn;
  }
  EXPECT_GT(torn, 5);
}

TEST_F(FaultyFilesTest, ALieAboutALogLosesIt) {
  (*switches_)->hold_back = 1;
  (*switches_)->lie_about_logs = 1;
  const auto log = NewFile("a.log");
  const auto other = NewFile("a.sst");
  for (const auto* file : {&log, &other}) {
    ASSERT_TRUE((*file)->Append("abc").ok());
    ASSERT_TRUE((*file)->Sync().ok());
  }
  EXPECT_EQ(OnDisk("a.log"), "");
  EXPECT_EQ(OnDisk("a.sst"), "abc");
}

TEST_F(FaultyFilesTest, OneInNFails) {
  constexpr int kAppends = 10'000;
  const auto file = NewFile("a");
  (*switches_)->fail_one_in = 100;
  int failed = 0;
  for (int i = 0; i < kAppends; ++i) {
    if (!file->Append("ab").ok()) ++failed;
  }
  EXPECT_NEAR(failed, kAppends / 100, 50);
  EXPECT_EQ((*switches_)->failures, static_cast<uint64_t>(failed));
  EXPECT_EQ(OnDisk("a").size(), static_cast<size_t>(2 * kAppends - failed)) << "halves are there";
}

TEST_F(FaultyFilesTest, AFailedSyncDropsWhatWaited) {
  (*switches_)->hold_back = 1;
  const auto file = NewFile("a");
  ASSERT_TRUE(file->Append("abc").ok());
  (*switches_)->fail_one_in = 1;
  EXPECT_TRUE(file->Sync().IsIOError());
  (*switches_)->fail_one_in = 0;
  EXPECT_TRUE(file->Sync().ok());
  EXPECT_EQ(OnDisk("a"), "");
  EXPECT_EQ((*switches_)->failed_syncs, 1U);
}

TEST_F(FaultyFilesTest, TheSwitchesAreSharedByPath) {
  const auto other = SharedFaultSwitches::Attach(directory_.Join("switches"));
  ASSERT_TRUE(other.ok()) << other.status();
  (**other)->fail_one_in = 7;
  EXPECT_EQ((*switches_)->fail_one_in, 7U);
}

}  // namespace
}  // namespace nestor::testing
