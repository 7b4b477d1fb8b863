#include "storage/disk.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/storage/failing_files.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

using testing::FailingFiles;
using ::testing::HasSubstr;
using testing::TempDir;

TEST(DiskTest, SpaceIsThatOfTheFileSystem) {
  const TempDir directory;
  const auto space = ReadDiskSpace(directory.path());
  ASSERT_TRUE(space.ok()) << space.status();
  EXPECT_GT(space->available_bytes, 0u);
  EXPECT_GT(space->used_share(), 0);
  EXPECT_LT(space->used_share(), 1);
  const auto nowhere = ReadDiskSpace(directory.Join("missing"));
  EXPECT_EQ(nowhere.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(nowhere.status().message()), HasSubstr("missing"));
}

TEST(DiskTest, TheShareIsOfWhatThereIsForUs) {
  EXPECT_EQ((DiskSpace{.used_bytes = 30, .available_bytes = 10}).used_share(), 0.75);
  EXPECT_EQ(DiskSpace{}.used_share(), 0);  // some file systems say nothing
}

TEST(DiskTest, WhatALogReservesCountsAsAvailable) {
  const TempDir directory;
  const double before = DiskGauge(directory.path()).used_share();
  const auto space = ReadDiskSpace(directory.path());
  ASSERT_TRUE(space.ok());
  const auto bytes = static_cast<off_t>(std::min<uint64_t>(space->available_bytes / 4, 1 << 30));
  const int log = open(directory.Join("000004.log").c_str(), O_CREAT | O_WRONLY, 0600);
  ASSERT_GE(log, 0);
  if (fallocate(log, FALLOC_FL_KEEP_SIZE, 0, bytes) != 0) {
    close(log);
    GTEST_SKIP() << "the file system reserves nothing";
  }
  const double reserved =
      static_cast<double>(bytes) / static_cast<double>(space->used_bytes + space->available_bytes);
  // Others may write meanwhile, but not that much.
  EXPECT_LT(DiskGauge(directory.path()).used_share(), before + reserved / 2);
  close(log);
}

TEST(DiskTest, ADiskThatWorksIsLeftAsItWas) {
  const TempDir directory;
  EXPECT_EQ(CheckDiskWorks(directory.path(), nullptr), absl::OkStatus());
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(DiskTest, ADiskThatFailsAtAnyStepDoesNotWork) {
  const TempDir directory;
  FailingFiles disk;
  int steps = 0;
  for (;; ++steps) {
    disk.FailAfter(steps, rocksdb::IOStatus::IOError("bad sector"));
    const absl::Status status = CheckDiskWorks(directory.path(), disk.env());
    if (!disk.failed()) break;
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << steps;
    EXPECT_THAT(std::string(status.message()), HasSubstr("bad sector"));
    disk.Heal();
  }
  EXPECT_EQ(steps, 4);  // create, append, sync, close
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

// A file of this size has no blocks, and needs the more room when it is read.
TEST(DiskTest, ThereMustBeRoomForWhatTheLogsHold) {
  const TempDir directory;
  { std::ofstream(directory.Join("000007.log")) << "log"; }
  const auto space = ReadDiskSpace(directory.path());
  ASSERT_TRUE(space.ok());
  std::filesystem::resize_file(directory.Join("000007.log"), space->available_bytes + (1 << 20));
  const absl::Status status = CheckDiskWorks(directory.path(), nullptr);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(directory.path()));
}

}  // namespace
}  // namespace nestor
