#include "storage/point_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "storage/types.h"
#include "tests/storage/point_store_fixture.h"
#include "tests/storage/record_builder.h"
#include "tests/storage/snapshot_reader.h"

// What is written and read back, on every PointStore.

namespace nestor {
namespace {

using ::nestor::testing::Applied;
using ::nestor::testing::CollectionNames;
using ::nestor::testing::CreateRecord;
using ::nestor::testing::DropRecord;
using ::nestor::testing::FindRows;
using ::nestor::testing::ForgetRecord;
using ::nestor::testing::Id;
using ::nestor::testing::IdAndRow;
using ::nestor::testing::PointCopy;
using ::nestor::testing::ReadPayloads;
using ::nestor::testing::ReadPoints;
using ::nestor::testing::ScanExpiries;
using ::nestor::testing::ScanIds;
using ::nestor::testing::ScanPoints;
using ::nestor::testing::ScanRows;
using ::nestor::testing::ScanTombstones;
using ::nestor::testing::VectorBytes;
using ::nestor::testing::WriteBuilder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class PointStoreTest : public testing::PointStoreFixture {};

INSTANTIATE_TEST_SUITE_P(Stores, PointStoreTest, testing::AllStores(), testing::StoreName);

TEST_P(PointStoreTest, IsEmptyAtFirst) {
  const auto snapshot = Snapshot();
  EXPECT_THAT(CollectionNames(*snapshot), IsEmpty());
  EXPECT_EQ(snapshot->LastCollectionNumber().value(), CollectionNumber{0});
  EXPECT_THAT(Applied(*snapshot, 1), Pair(0, 0));
  EXPECT_THAT(ScanRows(*snapshot, 1), IsEmpty());
  EXPECT_THAT(ScanIds(*snapshot, 1), IsEmpty());
  EXPECT_THAT(ScanTombstones(*snapshot, 1), IsEmpty());
  EXPECT_THAT(ReadPoints(*snapshot, 1, {7}), ElementsAre(std::nullopt));
}

TEST_P(PointStoreTest, ReadsBackWhatWasPut) {
  Apply({WriteBuilder(1, 9).Put(Id(42), 5, "payload").Build()});
  const auto snapshot = Snapshot();
  EXPECT_THAT(ReadPoints(*snapshot, 1, {5}), ElementsAre(PointCopy{5, "42", 9, VectorBytes(5)}));
  EXPECT_THAT(ReadPayloads(*snapshot, 1, {5}), ElementsAre("payload"));
  EXPECT_THAT(FindRows(*snapshot, 1, {Id(42)}), ElementsAre(5));
  EXPECT_THAT(ScanIds(*snapshot, 1), ElementsAre(IdAndRow{"42", 5}));
  EXPECT_THAT(ScanTombstones(*snapshot, 1), IsEmpty());
}

TEST_P(PointStoreTest, SnapshotDoesNotSeeLaterWrites) {
  Apply({CreateRecord(1, "a"), WriteBuilder(1, 1).Put(Id("x"), 1, "old").Build()});
  const auto before = Snapshot();
  Apply(
      {WriteBuilder(1, 2).Put(Id("x"), 2, "new", 1).Put(Id("y"), 3).Build(), CreateRecord(2, "b")});
  const auto after = Snapshot();
  Apply({DropRecord(1, "a")});

  EXPECT_THAT(CollectionNames(*before), ElementsAre("a"));
  EXPECT_THAT(Applied(*before, 1), Pair(1, 2));
  EXPECT_THAT(ScanRows(*before, 1), ElementsAre(1));
  EXPECT_THAT(FindRows(*before, 1, {Id("x"), Id("y")}), ElementsAre(1, 0));
  EXPECT_THAT(ReadPayloads(*before, 1, {1, 2}), ElementsAre("old", ""));
  EXPECT_THAT(ScanTombstones(*before, 1), IsEmpty());

  EXPECT_THAT(CollectionNames(*after), ElementsAre("a", "b"));
  EXPECT_THAT(Applied(*after, 1), Pair(2, 4));
  EXPECT_THAT(ScanRows(*after, 1), ElementsAre(2, 3));
  EXPECT_THAT(FindRows(*after, 1, {Id("x"), Id("y")}), ElementsAre(2, 3));
  EXPECT_THAT(ReadPayloads(*after, 1, {1, 2}), ElementsAre("", "new"));
  EXPECT_THAT(ScanTombstones(*after, 1), ElementsAre(1));

  EXPECT_THAT(ScanRows(*Snapshot(), 1), IsEmpty());
}

TEST_P(PointStoreTest, ReplaceKillsTheOldRow) {
  Apply({WriteBuilder(1, 1).Put(Id(1), 1, "one").Build()});
  Apply({WriteBuilder(1, 2).Put(Id(1), 2, "", 1).Build()});
  const auto snapshot = Snapshot();
  EXPECT_THAT(ReadPoints(*snapshot, 1, {1, 2}),
              ElementsAre(std::nullopt, PointCopy{2, "1", 2, VectorBytes(2)}));
  EXPECT_THAT(ReadPayloads(*snapshot, 1, {1, 2}), ElementsAre("", ""));
  EXPECT_THAT(FindRows(*snapshot, 1, {Id(1)}), ElementsAre(2));
  EXPECT_THAT(ScanTombstones(*snapshot, 1), ElementsAre(1));
}

TEST_P(PointStoreTest, EraseTakesPointPayloadAndId) {
  Apply({WriteBuilder(1, 1).Put(Id("a"), 1, "pa").Put(Id("b"), 2, "pb").Build()});
  Apply({WriteBuilder(1, 2).Erase(Id("a"), 1).Build()});
  const auto snapshot = Snapshot();
  EXPECT_THAT(ScanRows(*snapshot, 1), ElementsAre(2));
  EXPECT_THAT(ReadPayloads(*snapshot, 1, {1, 2}), ElementsAre("", "pb"));
  EXPECT_THAT(FindRows(*snapshot, 1, {Id("a"), Id("b")}), ElementsAre(0, 2));
  EXPECT_THAT(ScanIds(*snapshot, 1), ElementsAre(IdAndRow{"b", 2}));
  EXPECT_THAT(ScanTombstones(*snapshot, 1), ElementsAre(1));
}

TEST_P(PointStoreTest, ExpiriesComeAndGoWithTheirRows) {
  Apply({WriteBuilder(1, 1)
             .Put(Id(1), 1)
             .Expires(100)
             .Put(Id(2), 2)
             .Put(Id(3), 3)
             .Expires(-300)
             .Put(Id(4), 4)
             .Expires(400)
             .Build(),
         WriteBuilder(2, 1).Put(Id(1), 1).Expires(7).Build()});
  EXPECT_THAT(ScanExpiries(*Snapshot(), 1), ElementsAre(Pair(1, 100), Pair(3, -300), Pair(4, 400)));
  EXPECT_THAT(ScanExpiries(*Snapshot(), 1, 2), ElementsAre(Pair(1, 100), Pair(3, -300)));
  Apply({WriteBuilder(1, 2).Put(Id(1), 5, "", 1).ReplacedExpires().Build(),
         WriteBuilder(1, 3).EraseExpiring(Id(3), 3).Build()});
  EXPECT_THAT(ScanExpiries(*Snapshot(), 1), ElementsAre(Pair(4, 400)));
  EXPECT_THAT(ScanExpiries(*Snapshot(), 2), ElementsAre(Pair(1, 7)));
}

TEST_P(PointStoreTest, AnExpiryPutChangesWhenARowExpires) {
  Apply({WriteBuilder(1, 1).Put(Id(1), 1).Expires(100).Put(Id(2), 2).Put(Id(3), 3).Build()});
  Apply({WriteBuilder(1, 2)
             .PutExpiry(1, std::nullopt)
             .PutExpiry(2, 20)
             .PutExpiry(3, 30)
             .PutPayload(3, "p")
             .Build()});
  EXPECT_THAT(ScanExpiries(*Snapshot(), 1), ElementsAre(Pair(2, 20), Pair(3, 30)));
  EXPECT_THAT(ReadPayloads(*Snapshot(), 1, {3}), ElementsAre("p"));
  EXPECT_THAT(ScanRows(*Snapshot(), 1), ElementsAre(1, 2, 3));
}

TEST_P(PointStoreTest, AnErasedIdCanComeBack) {
  Apply({WriteBuilder(1, 1).Put(Id("a"), 1).Build(), WriteBuilder(1, 2).Erase(Id("a"), 1).Build(),
         WriteBuilder(1, 3).Put(Id("a"), 2).Build()});
  EXPECT_THAT(FindRows(*Snapshot(), 1, {Id("a")}), ElementsAre(2));
  EXPECT_THAT(ScanTombstones(*Snapshot(), 1), ElementsAre(1));
}

TEST_P(PointStoreTest, LastPutOfAnIdInOneRecordWins) {
  Apply(
      {WriteBuilder(1, 1).Put(Id(1), 1, "a").Put(Id(1), 2, "b", 1).Put(Id(1), 3, "c", 2).Build()});
  EXPECT_THAT(FindRows(*Snapshot(), 1, {Id(1)}), ElementsAre(3));
  EXPECT_THAT(ScanRows(*Snapshot(), 1), ElementsAre(3));
  EXPECT_THAT(ScanTombstones(*Snapshot(), 1), ElementsAre(1, 2));
}

TEST_P(PointStoreTest, AppliesSeveralRecordsInOrder) {
  Apply({CreateRecord(1, "a"), WriteBuilder(1, 1).Put(Id(1), 1).Build(),
         WriteBuilder(1, 2).Put(Id(1), 2, "", 1).Build(),
         WriteBuilder(1, 3).Erase(Id(1), 2).Build(), ForgetRecord(1, {1})});
  EXPECT_THAT(ScanRows(*Snapshot(), 1), IsEmpty());
  EXPECT_THAT(ScanTombstones(*Snapshot(), 1), ElementsAre(2));
  EXPECT_THAT(Applied(*Snapshot(), 1), Pair(3, 3));
}

TEST_P(PointStoreTest, RepeatedAndUnsortedRowsAreEachAnswered) {
  Apply({WriteBuilder(1, 1).Put(Id(1), 1, "p1").Put(Id(2), 2).Put(Id(3), 3, "p3").Build()});
  const auto snapshot = Snapshot();
  const auto points = ReadPoints(*snapshot, 1, {3, 9, 1, 3, 3, 9});
  ASSERT_EQ(points.size(), 6u);
  EXPECT_EQ(points[0], (PointCopy{3, "3", 1, VectorBytes(3)}));
  EXPECT_EQ(points[2], (PointCopy{1, "1", 1, VectorBytes(1)}));
  EXPECT_EQ(points[3], points[0]);
  EXPECT_EQ(points[4], points[0]);
  EXPECT_EQ(points[1], std::nullopt);
  EXPECT_EQ(points[5], std::nullopt);
  EXPECT_THAT(ReadPayloads(*snapshot, 1, {3, 2, 3, 9, 1}), ElementsAre("p3", "", "p3", "", "p1"));
  EXPECT_THAT(FindRows(*snapshot, 1, {Id(2), Id(9), Id(2), Id(1)}), ElementsAre(2, 0, 2, 1));
}

TEST_P(PointStoreTest, EmptyRequestsGetEmptyAnswers) {
  Apply({});
  EXPECT_THAT(ReadPoints(*Snapshot(), 1, {}), IsEmpty());
  EXPECT_THAT(ReadPayloads(*Snapshot(), 1, {}), IsEmpty());
  EXPECT_THAT(FindRows(*Snapshot(), 1, {}), IsEmpty());
}

TEST_P(PointStoreTest, AnswersReplaceWhatTheResultHeld) {
  std::vector<std::string> payloads = {"left", "over"};
  std::vector<Row> rows = {Row{8}, Row{9}};
  ASSERT_TRUE(Snapshot()->ReadPayloads(CollectionNumber{1}, {Row{1}}, &payloads).ok());
  ASSERT_TRUE(Snapshot()->FindRows(CollectionNumber{1}, {Id(1)}, &rows).ok());
  EXPECT_THAT(payloads, ElementsAre(""));
  EXPECT_THAT(rows, ElementsAre(kNoRow));
}

TEST_P(PointStoreTest, ReadsMoreRowsThanOneReadTakes) {
  WriteBuilder write(1, 1);
  std::vector<uint64_t> rows;
  for (uint64_t row = 1; row <= 1000; ++row) {
    write.Put(Id(row), row);
    rows.push_back(row);
  }
  Apply({write.Build()});
  const auto points = ReadPoints(*Snapshot(), 1, rows);
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(points[i], (PointCopy{rows[i], std::to_string(rows[i]), 1, VectorBytes(rows[i])}));
  }
  EXPECT_EQ(ScanRows(*Snapshot(), 1), rows);
}

TEST_P(PointStoreTest, NumberAndItsDecimalStringAreTwoIds) {
  Apply({WriteBuilder(1, 1).Put(Id(42), 1).Put(Id("42"), 2).Build()});
  EXPECT_THAT(FindRows(*Snapshot(), 1, {Id("42"), Id(42)}), ElementsAre(2, 1));
}

TEST_P(PointStoreTest, VectorsComeBackBitForBitAtAnyAlignment) {
  WriteBuilder write(1, 1);
  for (uint64_t row = 1; row <= 40; ++row) {
    write.PutVector(PointId::FromString(std::string(row, 'i')), row,
                    VectorBytes(row * 977, static_cast<int>(row)));
  }
  write.PutVector(Id("special"), 41,
                  std::string("\x00\x00\xc0\x7f\xff\xff\xff\xff\x00\x00\x00\x80", 12));
  const storage::CommitRecord record = write.Build();
  Apply({record});
  const auto points = ScanPoints(*Snapshot(), 1);
  ASSERT_EQ(points.size(), 41u);
  for (size_t i = 0; i < points.size(); ++i) {
    EXPECT_EQ(points[i].vector, record.write().puts(static_cast<int>(i)).vector());
  }
}

TEST_P(PointStoreTest, RefusedRecordsWriteNothing) {
  storage::CommitRecord newer = WriteBuilder(1, 1).Put(Id(2), 2).Build();
  newer.set_format(kCommitFormat + 1);
  const std::vector<storage::CommitRecord> records = {WriteBuilder(1, 1).Put(Id(1), 1).Build(),
                                                      newer};
  const absl::Status status = store_->Apply(records);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("commit record 1"));
  EXPECT_EQ(store_->Apply({storage::CommitRecord()}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(ScanRows(*Snapshot(), 1), IsEmpty());
  EXPECT_THAT(Applied(*Snapshot(), 1), Pair(0, 0));
  Apply({WriteBuilder(1, 1).Put(Id(1), 1).Build()});  // and the store goes on
}

// Each write replaces all ids of its collection, so every snapshot must hold one whole write.
TEST_P(PointStoreTest, ReadersSeeWholeWritesWhileWritersWrite) {
  constexpr int kWriters = 3;
  constexpr uint64_t kWrites = 40;
  constexpr uint64_t kIds = 5;
  std::vector<std::thread> threads;
  for (uint32_t collection = 1; collection <= kWriters; ++collection) {
    threads.emplace_back([this, collection] {
      for (uint64_t sequence = 1; sequence <= kWrites; ++sequence) {
        WriteBuilder write(collection, sequence);
        for (uint64_t id = 1; id <= kIds; ++id) {
          const uint64_t row = (sequence - 1) * kIds + id;
          write.Put(Id(id), row, "", sequence == 1 ? 0 : row - kIds);
        }
        Apply({write.Build()});
      }
    });
    threads.emplace_back([this, collection] {
      for (int read = 0; read < 40; ++read) {
        const auto snapshot = Snapshot();
        const uint64_t sequence = Applied(*snapshot, collection).first;
        const auto points = ScanPoints(*snapshot, collection);
        EXPECT_EQ(points.size(), sequence == 0 ? 0 : kIds);
        for (const auto& point : points) EXPECT_EQ(point.sequence, sequence);
        EXPECT_EQ(ScanTombstones(*snapshot, collection).size(),
                  sequence == 0 ? 0 : (sequence - 1) * kIds);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (uint32_t collection = 1; collection <= kWriters; ++collection) {
    EXPECT_THAT(Applied(*Snapshot(), collection), Pair(kWrites, kWrites * kIds + 1));
    EXPECT_EQ(ScanRows(*Snapshot(), collection).size(), kIds);
  }
}

}  // namespace
}  // namespace nestor
