#include "storage/closing_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "storage/point_store.h"
#include "tests/storage/faulty_disk.h"
#include "tests/storage/record_builder.h"
#include "tests/storage/snapshot_reader.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using testing::FaultyDisk;
using testing::FindRows;
using ::testing::HasSubstr;
using testing::Id;
using testing::TempDir;
using testing::WriteBuilder;

// A store in which one point is in a table and one in the log, and how it was left.
class ClosingRecordTest : public ::testing::Test {
 protected:
  ClosingRecordTest() {
    for (uint64_t row = 1; row <= 2; ++row) {
      Open();
      Apply(row);
      store_.reset();
    }
  }
  void Open(rocksdb::Env* env = nullptr) {
    auto store = OpenRocksDbStore({.directory = path_, .env = env});
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  void Apply(uint64_t row) {
    const std::vector<storage::CommitRecord> records = {
        WriteBuilder(1, row).Put(Id(row), row).Build()};
    ASSERT_EQ(store_->Apply(records), absl::OkStatus());
  }
  absl::Status OpenStatus() { return OpenRocksDbStore({.directory = path_}).status(); }
  bool HasRecord() const { return fs::exists(path_ + "/CLOSED"); }
  std::vector<std::string> BelievedFiles() const {
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(path_)) {
      const std::string name = entry.path().filename();
      if (name == "CURRENT" || name.starts_with("MANIFEST-") || name.ends_with(".log")) {
        files.push_back(entry.path());
      }
    }
    return files;
  }

  const TempDir directory_;
  const std::string path_ = directory_.Join("store");
  std::unique_ptr<PointStore> store_;
};

TEST_F(ClosingRecordTest, IsThereWhileTheStoreIsClosed) {
  EXPECT_TRUE(HasRecord());
  Open();
  EXPECT_FALSE(HasRecord());
  EXPECT_THAT(FindRows(*store_->GetSnapshot(), 1, {Id(1), Id(2)}), ElementsAre(1, 2));
  store_.reset();
  EXPECT_TRUE(HasRecord());
}

TEST_F(ClosingRecordTest, AFileThatIsShorterThanItWasIsNamed) {
  ASSERT_GE(BelievedFiles().size(), 3u);
  const std::string backup = directory_.Join("backup");
  fs::copy(path_, backup, fs::copy_options::recursive);
  for (const std::string& file : BelievedFiles()) {
    ASSERT_GT(fs::file_size(file), 0u) << file;
    fs::resize_file(file, fs::file_size(file) - 1);
    const absl::Status status = OpenStatus();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(file));
    EXPECT_TRUE(HasRecord());
    fs::remove_all(path_);
    fs::copy(backup, path_, fs::copy_options::recursive);
  }
  EXPECT_EQ(OpenStatus(), absl::OkStatus());
}

TEST_F(ClosingRecordTest, AFileThatIsMissingIsNamed) {
  for (const std::string& file : BelievedFiles()) {
    if (!file.ends_with(".log")) continue;
    fs::remove(file);
    const absl::Status status = OpenStatus();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_THAT(std::string(status.message()), HasSubstr(file));
    break;
  }
}

TEST_F(ClosingRecordTest, ADamagedRecordIsNoReasonToBelieve) {
  std::fstream record(path_ + "/CLOSED", std::ios::in | std::ios::out | std::ios::binary);
  record.seekp(70);
  record.put('\x55');
  record.close();
  const absl::Status status = OpenStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("CLOSED"));
}

TEST_F(ClosingRecordTest, FilesOfOthersMayChange) {
  Open();
  { std::ofstream(path_ + "/nestord.log") << "started\n"; }
  store_.reset();
  { std::ofstream(path_ + "/nestord.log", std::ios::app) << "stopped\n"; }
  EXPECT_EQ(OpenStatus(), absl::OkStatus());
}

TEST_F(ClosingRecordTest, AStoreThatFailedLeavesNone) {
  FaultyDisk disk;
  Open(disk.env());
  disk.FailSyncs();
  const std::vector<storage::CommitRecord> records = {WriteBuilder(1, 3).Put(Id(3), 3).Build()};
  EXPECT_FALSE(store_->Apply(records).ok());
  disk.Heal();
  store_.reset();
  EXPECT_FALSE(HasRecord());
  EXPECT_EQ(OpenStatus(), absl::OkStatus());
}

TEST_F(ClosingRecordTest, ReadingLeavesItWhereItIs) {
  { ASSERT_TRUE(OpenRocksDbStore({.directory = path_, .read_only = true}).ok()); }
  EXPECT_TRUE(HasRecord());
  EXPECT_EQ(OpenStatus(), absl::OkStatus());
}

}  // namespace
}  // namespace nestor
