#include "storage/rocksdb_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "storage/fixed_width.h"
#include "storage/keys.h"
#include "tests/storage/faulty_disk.h"
#include "tests/storage/raw_rocksdb.h"
#include "tests/storage/record_builder.h"
#include "tests/storage/snapshot_reader.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

using ::nestor::testing::Applied;
using ::nestor::testing::CollectionNames;
using ::nestor::testing::CreateRecord;
using ::nestor::testing::DropRecord;
using ::nestor::testing::FaultyDisk;
using ::nestor::testing::FindRows;
using ::nestor::testing::Id;
using ::nestor::testing::IdAndRow;
using ::nestor::testing::PointCopy;
using ::nestor::testing::RawRocksDb;
using ::nestor::testing::ReadPayloads;
using ::nestor::testing::ScanExpiries;
using ::nestor::testing::ScanIds;
using ::nestor::testing::ScanPoints;
using ::nestor::testing::ScanRows;
using ::nestor::testing::ScanTombstones;
using ::nestor::testing::VectorBytes;
using ::nestor::testing::WriteBuilder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class RocksDbStoreTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<PointStore>> TryOpen() {
    return OpenRocksDbStore({.directory = path_});
  }
  void Open() {
    auto store = TryOpen();
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  void Close() { store_.reset(); }
  void Apply(const std::vector<storage::CommitRecord>& records) {
    const absl::Status status = store_->Apply(records);
    ASSERT_TRUE(status.ok()) << status;
  }
  void ExpectRefused(absl::StatusCode code, const std::vector<std::string>& words) {
    const absl::Status status = TryOpen().status();
    EXPECT_EQ(status.code(), code) << status;
    for (const std::string& word : words)
      EXPECT_THAT(std::string(status.message()), HasSubstr(word));
  }

  std::vector<std::filesystem::path> TableFiles() const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      if (entry.path().extension() == ".sst") files.push_back(entry.path());
    }
    return files;
  }
  static void FlipABit(const std::filesystem::path& path, int64_t offset) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(offset);
    const int byte = file.get();
    file.seekp(offset);
    file.put(static_cast<char>(byte ^ 1));
  }
  // What the store says does not matter: it must survive.
  static void ScanAll(const PointStore& store) {
    const auto snapshot = store.GetSnapshot();
    (void)snapshot->ScanTombstones(CollectionNumber{1}, [](Row) { return true; });
    (void)snapshot->ScanExpiries(CollectionNumber{1}, [](Row, int64_t) { return true; });
  }

  const testing::TempDir parent_;
  const std::string path_ = parent_.Join("new/data");
  std::unique_ptr<PointStore> store_;
};

TEST_F(RocksDbStoreTest, ReopenKeepsEverything) {
  Open();
  Apply({CreateRecord(1, "a"), CreateRecord(2, "b"), DropRecord(2, "b"),
         WriteBuilder(1, 1).Put(Id("x"), 1, "px").Put(Id("y"), 2, "py").Build()});
  Apply({WriteBuilder(1, 2).Put(Id("x"), 3, "new", 1).Erase(Id("y"), 2).Build()});
  for (int reopen = 0; reopen < 3; ++reopen) {
    Close();
    Open();
    const auto snapshot = store_->GetSnapshot();
    EXPECT_THAT(CollectionNames(*snapshot), ElementsAre("a"));
    EXPECT_EQ(snapshot->LastCollectionNumber().value(), CollectionNumber{2});
    EXPECT_THAT(Applied(*snapshot, 1), Pair(2, 4));
    EXPECT_THAT(ScanPoints(*snapshot, 1), ElementsAre(PointCopy{3, "x", 2, VectorBytes(3)}));
    EXPECT_THAT(ReadPayloads(*snapshot, 1, {3}), ElementsAre("new"));
    EXPECT_THAT(ScanIds(*snapshot, 1), ElementsAre(IdAndRow{"x", 3}));
    EXPECT_THAT(ScanTombstones(*snapshot, 1), ElementsAre(1, 2));
  }
}

// Behind a newer file with a deleted range RocksDB 7.8 frees memory twice for a file that it cannot
// open, unless all files were opened at the start.
TEST_F(RocksDbStoreTest, AFileThatCannotBeOpenedRefusesTheStart) {
  for (uint32_t collection = 1; collection <= 3; ++collection) {
    Open();  // makes files of what was written before
    Apply({CreateRecord(collection, "a"), WriteBuilder(collection, 1).Put(Id("x"), 1, "px").Build(),
           DropRecord(collection, "a")});
    Close();
  }
  Open();
  Close();
  ASSERT_GT(TableFiles().size(), 16U) << "so many would be opened anyway";
  const std::string damaged = parent_.Join("damaged");
  int refused = 0;
  for (const std::filesystem::path& file : TableFiles()) {
    const auto size = static_cast<int64_t>(std::filesystem::file_size(file));
    for (int64_t offset = size - 1; offset > 0; offset -= 97) {
      std::filesystem::remove_all(damaged);
      std::filesystem::copy(path_, damaged, std::filesystem::copy_options::recursive);
      FlipABit(std::filesystem::path(damaged) / file.filename(), offset);
      const auto store = OpenRocksDbStore({.directory = damaged});
      refused += store.ok() ? 0 : 1;
      EXPECT_TRUE(store.ok() || absl::IsDataLoss(store.status())) << store.status();
      if (store.ok()) ScanAll(**store);
    }
  }
  EXPECT_GT(refused, 0);
}

TEST_F(RocksDbStoreTest, ConcurrentWritersAreAllDurable) {
  constexpr uint64_t kWrites = 25;
  constexpr uint32_t kWriters = 8;
  Open();
  std::vector<std::thread> writers;
  for (uint32_t collection = 1; collection <= kWriters; ++collection) {
    writers.emplace_back([this, collection] {
      for (uint64_t row = 1; row <= kWrites; ++row) {
        Apply({WriteBuilder(collection, row).Put(Id(row), row).Build()});
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  Close();
  Open();
  for (uint32_t collection = 1; collection <= kWriters; ++collection) {
    EXPECT_EQ(ScanRows(*store_->GetSnapshot(), collection).size(), kWrites);
    EXPECT_THAT(Applied(*store_->GetSnapshot(), collection), Pair(kWrites, kWrites + 1));
  }
}

TEST_F(RocksDbStoreTest, SecondOpenerIsToldWhichDirectoryIsTaken) {
  Open();
  ExpectRefused(absl::StatusCode::kFailedPrecondition, {path_, "another process uses it"});
  Close();
  Open();
}

TEST_F(RocksDbStoreTest, NewerFormatIsRefusedNamingBoth) {
  Open();
  Close();
  std::string newer;
  AppendLittleEndian(kStoreFormat + 6, &newer);
  {
    RawRocksDb raw(path_);
    raw.Put(Family::kMeta, FormatKey(), newer);
    raw.CreateFamily("of the future");
  }
  ExpectRefused(absl::StatusCode::kFailedPrecondition, {path_, "format 9", "format 3"});
}

TEST_F(RocksDbStoreTest, AnOlderFormatIsTakenOver) {
  Open();
  ASSERT_TRUE(store_->Apply({WriteBuilder(1, 1).Put(Id(1), 1).Build()}).ok());
  Close();
  RawRocksDb(path_).Put(Family::kMeta, FormatKey(), std::string("\x01\0\0\0", 4));
  Open();
  EXPECT_THAT(ScanRows(*store_->GetSnapshot(), 1), ElementsAre(1));
  Close();
  EXPECT_EQ(RawRocksDb(path_).Get(Family::kMeta, FormatKey()), std::string("\x03\0\0\0", 4));
}

TEST_F(RocksDbStoreTest, UnknownFamilyIsRefused) {
  Open();
  Close();
  RawRocksDb(path_).CreateFamily("of the future");
  ExpectRefused(absl::StatusCode::kFailedPrecondition, {path_, "of the future"});
}

TEST_F(RocksDbStoreTest, AStoreFromBeforeAFamilyWasAddedOpens) {
  Open();
  ASSERT_TRUE(store_->Apply({WriteBuilder(1, 1).Put(Id(1), 1).Build()}).ok());
  Close();
  RawRocksDb(path_).DropFamily(Family::kExpiries);
  Open();
  EXPECT_THAT(ScanRows(*store_->GetSnapshot(), 1), ElementsAre(1));
  ASSERT_TRUE(store_->Apply({WriteBuilder(1, 2).PutExpiry(1, 5).Build()}).ok());
  EXPECT_THAT(ScanExpiries(*store_->GetSnapshot(), 1), ElementsAre(Pair(1, 5)));
}

TEST_F(RocksDbStoreTest, DirectoryOfSomethingElseIsRefused) {
  std::filesystem::create_directories(path_);
  std::ofstream(path_ + "/thesis.txt") << "chapter 1";
  ExpectRefused(absl::StatusCode::kFailedPrecondition, {path_, "thesis.txt", "empty directory"});
}

TEST_F(RocksDbStoreTest, RocksDbOfSomebodyElseIsRefused) {
  rocksdb::Options options;
  options.create_if_missing = true;
  std::filesystem::create_directories(path_);
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, path_, &db).ok());
  ASSERT_TRUE(db->Put(rocksdb::WriteOptions(), "their", "data").ok());
  delete db;
  ExpectRefused(absl::StatusCode::kFailedPrecondition, {path_, "no store of ours"});
}

TEST_F(RocksDbStoreTest, StoppedCreationIsTakenUpAgain) {
  std::filesystem::create_directories(path_ + "/lost+found");
  for (const char* name : {"LOCK", "LOG", "IDENTITY", "MANIFEST-000001", "000001.dbtmp"}) {
    std::ofstream(path_ + "/" + name) << "half of it";
  }
  Open();
  Apply({WriteBuilder(1, 1).Put(Id(1), 1).Build()});
}

TEST_F(RocksDbStoreTest, FlippedBitOfAValueIsFoundAndNamed) {
  Open();
  Apply(
      {CreateRecord(1, "books"), WriteBuilder(1, 1).Put(Id(1), 1, "p").Put(Id(2), 2, "p").Build()});
  Close();
  {
    RawRocksDb raw(path_);
    raw.FlipLastBit(Family::kPoints, RowKey(CollectionNumber{1}, Row{2}));
    raw.FlipLastBit(Family::kPayloads, RowKey(CollectionNumber{1}, Row{2}));
    raw.FlipLastBit(Family::kMeta, CollectionKey("books"));
    raw.FlipLastBit(Family::kMeta, AppliedKey(CollectionNumber{1}));
  }
  Open();
  const auto snapshot = store_->GetSnapshot();
  const auto expect_loss = [](const absl::Status& status, const char* key) {
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_THAT(std::string(status.message()), HasSubstr(key));
  };
  const CollectionNumber collection{1};
  const std::vector<Row> rows = {Row{1}, Row{2}};
  std::vector<std::string> payloads;
  expect_loss(snapshot->ReadPoints(collection, rows, [](size_t, const StoredPoint*) {}),
              "points of collection 1, row 2");
  expect_loss(
      snapshot->ScanPoints(collection, Row{0}, Row{9}, [](const StoredPoint&) { return true; }),
      "points of collection 1, row 2");
  expect_loss(snapshot->ReadPayloads(collection, rows, &payloads),
              "payloads of collection 1, row 2");
  expect_loss(snapshot->ListCollections().status(), "collection/books");
  expect_loss(snapshot->Applied(collection).status(), "applied/");
}

TEST_F(RocksDbStoreTest, StopsWritingAfterAFailedSync) {
  FaultyDisk disk;
  store_ = OpenRocksDbStore({.directory = path_, .env = disk.env()}).value();
  Apply({WriteBuilder(1, 1).Put(Id(1), 1).Build()});
  disk.FailSyncs();
  const std::vector<storage::CommitRecord> lost = {WriteBuilder(1, 2).Put(Id(2), 2).Build()};
  EXPECT_EQ(store_->Writable(), absl::OkStatus());
  EXPECT_EQ(store_->Apply(lost).code(), absl::StatusCode::kUnknown);
  EXPECT_EQ(store_->Writable().code(), absl::StatusCode::kFailedPrecondition);
  disk.Heal();
  const absl::Status status = store_->Apply(lost);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("store is read-only after"), HasSubstr("the disk is gone")));
  EXPECT_THAT(FindRows(*store_->GetSnapshot(), 1, {Id(1)}), ElementsAre(1));  // reads go on

  Close();
  Open();
  EXPECT_THAT(FindRows(*store_->GetSnapshot(), 1, {Id(1)}), ElementsAre(1));
  Apply({WriteBuilder(1, 3).Put(Id(3), 3).Build()});
}

// 16,000 rows that expire.
std::vector<storage::CommitRecord> ExpiryRecords(uint64_t sequence) {
  WriteBuilder builder(1, sequence);
  for (uint64_t row = 1; row <= 16000; ++row) builder.PutExpiry(row, 1);
  return {builder.Build()};
}

TEST_F(RocksDbStoreTest, RefusesWritesAtOnceWhileItsTablesAreBehind) {
  FaultyDisk disk;
  store_ = OpenRocksDbStore({.directory = path_, .env = disk.env()}).value();
  disk.HoldTables();
  uint64_t sequence = 0;
  absl::Status status;
  while (status.ok() && sequence < 100) status = store_->Apply(ExpiryRecords(++sequence));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_EQ(store_->Writable(), absl::OkStatus());
  EXPECT_EQ(Applied(*store_->GetSnapshot(), 1).first, sequence - 1);  // nothing was written
  disk.Heal();
  do {
    status = store_->Apply(ExpiryRecords(sequence));
  } while (absl::IsResourceExhausted(status));
  EXPECT_EQ(status, absl::OkStatus());
  Close();
}

TEST_F(RocksDbStoreTest, DroppedCollectionStaysGoneAfterReopen) {
  Open();
  Apply({CreateRecord(255, "a"), CreateRecord(256, "b"),
         WriteBuilder(255, 1).Put(Id(1), 1, "p").Build(),
         WriteBuilder(256, 1).Put(Id(1), 1, "p").Build()});
  Close();
  Open();  // what was written is in files now, the drop comes on top
  Apply({DropRecord(255, "a")});
  Close();
  Open();
  EXPECT_THAT(ScanRows(*store_->GetSnapshot(), 255), IsEmpty());
  EXPECT_THAT(ScanRows(*store_->GetSnapshot(), 256), ElementsAre(1));
  EXPECT_THAT(CollectionNames(*store_->GetSnapshot()), ElementsAre("b"));
}

}  // namespace
}  // namespace nestor
