#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "storage/point_store.h"
#include "storage/wal_check.h"
#include "tests/storage/failing_files.h"
#include "tests/storage/record_builder.h"
#include "tests/storage/snapshot_reader.h"
#include "tests/storage/writer_process.h"
#include "tests/testing/temp_dir.h"

// What the store is after its process, or the power, went away.

namespace nestor {
namespace {

namespace fs = std::filesystem;
using ::nestor::testing::Applied;
using ::nestor::testing::FailingFiles;
using ::nestor::testing::Id;
using ::nestor::testing::ReadPoints;
using ::nestor::testing::ScanRows;
using ::nestor::testing::TempDir;
using ::nestor::testing::VectorBytes;
using ::nestor::testing::WriteBuilder;
using ::testing::HasSubstr;

// Runs writer_process.cc. Not a plain fork, which RocksDB's threads would not survive.
class Writer {
 public:
  explicit Writer(const std::string& directory) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) std::abort();  // so the process ends with us
    process_ = fork();
    if (process_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      execl(NESTOR_TEST_WRITER, NESTOR_TEST_WRITER, directory.c_str(), nullptr);
      _exit(1);
    }
    close(ends[1]);
    output_ = fdopen(ends[0], "r");
  }
  ~Writer() {
    Kill();
    waitpid(process_, nullptr, 0);
    std::fclose(output_);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // The next acknowledged row; 0 when the process is gone and all of its lines are read.
  uint64_t NextAcknowledged() {
    unsigned long long row = 0;
    return std::fscanf(output_, "%llu", &row) == 1 ? row : 0;
  }
  void Kill() { kill(process_, SIGKILL); }

 private:
  pid_t process_ = -1;
  std::FILE* output_ = nullptr;
};

TEST(RocksDbRecoveryTest, KilledProcessLosesNothingAcknowledged) {
  uint64_t last = 0;
  for (const uint64_t rows : {1, 20, 60}) {
    const TempDir directory;
    {
      Writer writer(directory.path());
      while (last = writer.NextAcknowledged(), last != 0 && last < rows) {
      }
      ASSERT_EQ(last, rows);
      writer.Kill();
      for (uint64_t row; (row = writer.NextAcknowledged()) != 0;) last = row;
    }
    const auto store = OpenRocksDbStore({.directory = directory.path()});
    ASSERT_TRUE(store.ok()) << store.status();
    const auto snapshot = (*store)->GetSnapshot();
    EXPECT_GE(Applied(*snapshot, 1).first, last);
    for (uint64_t row = 1; row <= last; ++row) {
      const auto points = ReadPoints(*snapshot, 1, {row});
      ASSERT_TRUE(points[0].has_value()) << row;
      EXPECT_EQ(points[0]->vector, testing::WriterVector(row));
    }
  }
}

TEST(RocksDbRecoveryTest, DirectoryOfARunningProcessIsRefused) {
  const TempDir directory;
  Writer writer(directory.path());
  ASSERT_EQ(writer.NextAcknowledged(), 1u);
  const absl::Status status = OpenRocksDbStore({.directory = directory.path()}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr(directory.path()));
  EXPECT_GT(writer.NextAcknowledged(), 0u);  // and the process goes on
}

// A store of five writes of 2 KiB to 100 KiB, as after a crash, whose log a test damages.
class DamagedLogTest : public ::testing::Test {
 protected:
  static constexpr uint64_t kRows = 5;

  DamagedLogTest() {
    auto store = OpenRocksDbStore({.directory = directory_.path()}).value();
    for (uint64_t row = 1; row <= kRows; ++row) {
      sizes_.push_back(fs::file_size(Log()));
      const int dims = row % 2 == 0 ? 512 : 25'000;
      EXPECT_TRUE(
          store
              ->Apply(
                  {WriteBuilder(1, row).PutVector(Id(row), row, VectorBytes(row, dims)).Build()})
              .ok());
    }
    store.reset();
    fs::remove(directory_.Join("CLOSED"));  // it was no peaceful end
    std::ifstream file(Log(), std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
  }

  std::string Log() const {
    for (const auto& entry : fs::directory_iterator(directory_.path())) {
      if (entry.path().extension() == ".log") return entry.path().string();
    }
    ADD_FAILURE() << "no log in " << directory_.path();
    return "";
  }
  // Where the write of `row` begins.
  size_t BeginOf(uint64_t row) const { return sizes_[row - 1]; }
  void WriteLog(const std::string& bytes) { std::ofstream(Log(), std::ios::binary) << bytes; }
  absl::StatusOr<std::unique_ptr<PointStore>> Open() {
    return OpenRocksDbStore({.directory = directory_.path()});
  }
  void ExpectRowsAfterDamage(const std::string& damaged, const std::vector<uint64_t>& rows) {
    WriteLog(damaged);
    const auto store = Open();
    ASSERT_TRUE(store.ok()) << store.status();
    EXPECT_EQ(ScanRows(*(*store)->GetSnapshot(), 1), rows);
    EXPECT_TRUE((*store)->Apply({WriteBuilder(1, 100).Put(Id(100), 100).Build()}).ok());
  }
  void ExpectDataLoss(const std::string& damaged) {
    WriteLog(damaged);
    const absl::Status status = Open().status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(Log()));
  }

  const TempDir directory_;
  std::vector<size_t> sizes_;
  std::string bytes_;
};

TEST_F(DamagedLogTest, WholeLogKeepsEverything) { ExpectRowsAfterDamage(bytes_, {1, 2, 3, 4, 5}); }

TEST_F(DamagedLogTest, CutLastWriteIsDropped) {
  ExpectRowsAfterDamage(bytes_.substr(0, bytes_.size() - 1000), {1, 2, 3, 4});
}

TEST_F(DamagedLogTest, CutHeaderOfTheLastWriteIsDropped) {
  ExpectRowsAfterDamage(bytes_.substr(0, BeginOf(5) + 3), {1, 2, 3, 4});
}

// The pages of one write reach the disk in any order.
TEST_F(DamagedLogTest, LastWriteWithAMissingPageIsDropped) {
  for (const size_t offset : {size_t{100}, size_t{40'000}, size_t{96'000}}) {
    std::string damaged = bytes_;
    damaged.replace(BeginOf(5) + offset, 3000, 3000, '\0');
    ASSERT_TRUE(CheckWriteAheadLogs(directory_.path()).ok());
    WriteLog(damaged);
    EXPECT_TRUE(CheckWriteAheadLogs(directory_.path()).ok()) << offset;
  }
  std::string damaged = bytes_;
  damaged.replace(BeginOf(5) + 40'000, 3000, 3000, '\0');
  ExpectRowsAfterDamage(damaged, {1, 2, 3, 4});
}

TEST_F(DamagedLogTest, SpaceReservedBehindTheLastWriteIsIgnored) {
  ExpectRowsAfterDamage(bytes_ + std::string(100'000, '\0'), {1, 2, 3, 4, 5});
}

TEST_F(DamagedLogTest, FlippedBitInAnAcknowledgedWriteIsDataLoss) {
  for (const uint64_t row : {1, 2, 3, 4}) {
    std::string damaged = bytes_;
    damaged[BeginOf(row) + 500] = static_cast<char>(damaged[BeginOf(row) + 500] ^ 4);
    ExpectDataLoss(damaged);
  }
}

TEST_F(DamagedLogTest, DamageBeforeALaterLogIsDataLoss) {
  std::string damaged = bytes_;
  damaged.back() = static_cast<char>(damaged.back() ^ 4);
  WriteLog(damaged);
  EXPECT_TRUE(CheckWriteAheadLogs(directory_.path()).ok());
  std::ofstream(directory_.Join("900000.log"), std::ios::binary) << bytes_;
  const absl::Status status = CheckWriteAheadLogs(directory_.path());
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  fs::remove(directory_.Join("900000.log"));
  EXPECT_THAT(std::string(status.message()), HasSubstr(Log()));
}

// Behind it an acknowledged write would turn its torn end into damage.
TEST_F(DamagedLogTest, NothingIsWrittenWhileATornLogCannotBeRemoved) {
  WriteLog(bytes_.substr(0, bytes_.size() - 1000));
  const std::string torn = Log();
  FailingFiles disk;
  disk.KeepFiles();
  const auto open = [&] {
    return OpenRocksDbStore({.directory = directory_.path(), .env = disk.env()});
  };
  for (int attempt = 0; attempt < 2; ++attempt) {
    const absl::Status status = open().status();
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("cannot remove " + torn));
  }
  disk.Heal();
  const auto store = open();
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_FALSE(fs::exists(torn));
  EXPECT_EQ(ScanRows(*(*store)->GetSnapshot(), 1), std::vector<uint64_t>({1, 2, 3, 4}));
  EXPECT_TRUE((*store)->Apply({WriteBuilder(1, 100).Put(Id(100), 100).Build()}).ok());
  EXPECT_TRUE(CheckWriteAheadLogs(directory_.path()).ok());
}

}  // namespace
}  // namespace nestor
