#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "storage/point_store.h"
#include "storage/types.h"
#include "tests/storage/point_store_fixture.h"
#include "tests/storage/record_builder.h"
#include "tests/storage/snapshot_reader.h"

// Several collections in one store, on every PointStore.

namespace nestor {
namespace {

using ::nestor::testing::AbandonRestoreRecord;
using ::nestor::testing::Applied;
using ::nestor::testing::CollectionNames;
using ::nestor::testing::CreateRecord;
using ::nestor::testing::DropRecord;
using ::nestor::testing::FinishRestoreRecord;
using ::nestor::testing::ForgetAllRecord;
using ::nestor::testing::ForgetRecord;
using ::nestor::testing::Id;
using ::nestor::testing::IdAndRow;
using ::nestor::testing::PointCopy;
using ::nestor::testing::ReadPayloads;
using ::nestor::testing::RestoreRecord;
using ::nestor::testing::ScanIds;
using ::nestor::testing::ScanPoints;
using ::nestor::testing::ScanRows;
using ::nestor::testing::ScanTombstones;
using ::nestor::testing::VectorBytes;
using ::nestor::testing::WriteBuilder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class PointStoreCollectionTest : public testing::PointStoreFixture {};

INSTANTIATE_TEST_SUITE_P(Stores, PointStoreCollectionTest, testing::AllStores(),
                         testing::StoreName);

TEST_P(PointStoreCollectionTest, ACollectionIsSeenWhenItsRestoreEnds) {
  Apply({CreateRecord(1, "docs"), RestoreRecord(2, "again")});
  Apply({WriteBuilder(2, 1).Put(Id(7), 1).Build()});
  EXPECT_THAT(CollectionNames(*Snapshot()), ElementsAre("docs"));
  ASSERT_EQ(Snapshot()->ListRestoring()->size(), 1u);
  EXPECT_EQ(Snapshot()->ListRestoring()->front().name(), "again");
  EXPECT_EQ(*Snapshot()->LastCollectionNumber(), CollectionNumber{2});
  Apply({FinishRestoreRecord(2, "again")});
  EXPECT_THAT(CollectionNames(*Snapshot()), ElementsAre("again", "docs"));
  EXPECT_THAT(*Snapshot()->ListRestoring(), IsEmpty());
  EXPECT_THAT(ScanRows(*Snapshot(), 2), ElementsAre(1));
}

TEST_P(PointStoreCollectionTest, NothingButTheNumberStaysOfARestoreThatIsAbandoned) {
  Apply({CreateRecord(1, "docs"), RestoreRecord(2, "docs")});
  Apply({WriteBuilder(2, 1).Put(Id(7), 1, "payload").Build(),
         WriteBuilder(1, 1).Put(Id(7), 1).Build()});
  Apply({AbandonRestoreRecord(2)});
  const auto snapshot = Snapshot();
  EXPECT_THAT(CollectionNames(*snapshot), ElementsAre("docs"));
  EXPECT_THAT(*snapshot->ListRestoring(), IsEmpty());
  EXPECT_THAT(ScanRows(*snapshot, 2), IsEmpty());
  EXPECT_THAT(ScanIds(*snapshot, 2), IsEmpty());
  EXPECT_THAT(ReadPayloads(*snapshot, 2, {1}), ElementsAre(""));
  EXPECT_THAT(Applied(*snapshot, 2), Pair(0, 0));
  EXPECT_THAT(ScanRows(*snapshot, 1), ElementsAre(1));
  EXPECT_EQ(*snapshot->LastCollectionNumber(), CollectionNumber{2});
}

TEST_P(PointStoreCollectionTest, CollectionsDoNotSeeEachOther) {
  const std::vector<uint32_t> numbers = {1, 2, 255, 256, 257, 65535, 65536, 0xfffffffe};
  for (const uint32_t number : numbers) {
    Apply({WriteBuilder(number, number).Put(Id(7), 1, std::to_string(number)).Build(),
           WriteBuilder(number, number).Put(Id(7), 2, std::to_string(number), 1).Build()});
  }
  Apply({DropRecord(256, "dropped")});
  for (const uint32_t number : numbers) {
    const auto snapshot = Snapshot();
    if (number == 256) {
      EXPECT_THAT(ScanRows(*snapshot, number), IsEmpty());
      EXPECT_THAT(ScanIds(*snapshot, number), IsEmpty());
      EXPECT_THAT(ScanTombstones(*snapshot, number), IsEmpty());
      EXPECT_THAT(ReadPayloads(*snapshot, number, {2}), ElementsAre(""));
      EXPECT_THAT(Applied(*snapshot, number), Pair(0, 0));
    } else {
      EXPECT_THAT(ScanPoints(*snapshot, number),
                  ElementsAre(PointCopy{2, "7", number, VectorBytes(2)}));
      EXPECT_THAT(ScanIds(*snapshot, number), ElementsAre(IdAndRow{"7", 2}));
      EXPECT_THAT(ScanTombstones(*snapshot, number), ElementsAre(1));
      EXPECT_THAT(ReadPayloads(*snapshot, number, {2}), ElementsAre(std::to_string(number)));
      EXPECT_THAT(Applied(*snapshot, number), Pair(number, 3));
    }
  }
}

TEST_P(PointStoreCollectionTest, ListsCollectionsByName) {
  storage::CommitRecord record = CreateRecord(2, "b");
  record.mutable_create()->set_dims(512);
  record.mutable_create()->add_matryoshka_dims(64);
  (*record.mutable_create()->mutable_labels())["team"] = "search";
  record.mutable_create()
      ->GetReflection()
      ->MutableUnknownFields(record.mutable_create())
      ->AddVarint(1000, 5);
  Apply({CreateRecord(3, "a"), record, CreateRecord(1, "c/d")});
  const auto snapshot = Snapshot();
  EXPECT_THAT(CollectionNames(*snapshot), ElementsAre("a", "b", "c/d"));
  EXPECT_EQ(snapshot->ListCollections()->at(1).SerializeAsString(),
            record.create().SerializeAsString());
}

TEST_P(PointStoreCollectionTest, DroppedCollectionIsGoneButItsNumberStaysTaken) {
  Apply({CreateRecord(1, "a"), CreateRecord(2, "b"),
         WriteBuilder(2, 1).Put(Id(1), 1, "payload").Build(), DropRecord(2, "b")});
  const auto snapshot = Snapshot();
  EXPECT_THAT(CollectionNames(*snapshot), ElementsAre("a"));
  EXPECT_THAT(ScanRows(*snapshot, 2), IsEmpty());
  EXPECT_EQ(snapshot->LastCollectionNumber().value(), CollectionNumber{2});
}

TEST_P(PointStoreCollectionTest, ANameCanBeUsedAgainAfterADrop) {
  Apply({CreateRecord(1, "a"), WriteBuilder(1, 1).Put(Id(1), 1).Build()});
  Apply({DropRecord(1, "a"), CreateRecord(2, "a")});
  EXPECT_THAT(CollectionNames(*Snapshot()), ElementsAre("a"));
  EXPECT_EQ(Snapshot()->ListCollections()->at(0).number(), 2u);
  EXPECT_THAT(ScanRows(*Snapshot(), 2), IsEmpty());
}

TEST_P(PointStoreCollectionTest, ForgetsTheNamedTombstonesOrAll) {
  for (const uint32_t collection : {1, 2}) {
    WriteBuilder write(collection, 1);
    for (uint64_t row = 1; row <= 5; ++row) write.Erase(Id(row), row);
    Apply({write.Build()});
  }
  Apply({ForgetRecord(1, {2, 4, 99})});
  EXPECT_THAT(ScanTombstones(*Snapshot(), 1), ElementsAre(1, 3, 5));
  Apply({ForgetAllRecord(1)});
  EXPECT_THAT(ScanTombstones(*Snapshot(), 1), IsEmpty());
  EXPECT_THAT(ScanTombstones(*Snapshot(), 2), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(Applied(*Snapshot(), 1), Pair(1, 6));
}

TEST_P(PointStoreCollectionTest, DiskBytesGrowWithThePoints) {
  EXPECT_EQ(store_->DiskBytes(CollectionNumber{1}), 0u);
  WriteBuilder write(1, 1);
  for (uint64_t row = 1; row <= 500; ++row) write.PutVector(Id(row), row, VectorBytes(row, 256));
  Apply({write.Build()});
  EXPECT_GT(store_->DiskBytes(CollectionNumber{1}), 500u * 1024 / 2);
  EXPECT_LT(store_->DiskBytes(CollectionNumber{1}), 500u * 1024 * 2);
  EXPECT_EQ(store_->DiskBytes(CollectionNumber{2}), 0u);
}

}  // namespace
}  // namespace nestor
