#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "storage/point_store.h"
#include "storage/types.h"
#include "tests/storage/point_store_fixture.h"
#include "tests/storage/record_builder.h"
#include "tests/storage/snapshot_reader.h"

// Scans, on every PointStore.

namespace nestor {
namespace {

using ::nestor::testing::Id;
using ::nestor::testing::IdAndRow;
using ::nestor::testing::ScanIds;
using ::nestor::testing::ScanPoints;
using ::nestor::testing::ScanRows;
using ::nestor::testing::ScanTombstones;
using ::nestor::testing::WriteBuilder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PointStoreScanTest : public testing::PointStoreFixture {};

INSTANTIATE_TEST_SUITE_P(Stores, PointStoreScanTest, testing::AllStores(), testing::StoreName);

TEST_P(PointStoreScanTest, ScanPointsKeepsToItsRange) {
  WriteBuilder write(1, 1);
  for (uint64_t row : {1, 2, 255, 256, 257, 65536}) write.Put(Id(row), row);
  Apply({write.Build()});
  const auto snapshot = Snapshot();
  EXPECT_THAT(ScanRows(*snapshot, 1), ElementsAre(1, 2, 255, 256, 257, 65536));
  EXPECT_THAT(ScanRows(*snapshot, 1, 2, 257), ElementsAre(2, 255, 256));
  EXPECT_THAT(ScanRows(*snapshot, 1, 3, 255), IsEmpty());
  EXPECT_THAT(ScanRows(*snapshot, 1, 256, 256), IsEmpty());
  EXPECT_THAT(ScanRows(*snapshot, 1, 257, 2), IsEmpty());
  EXPECT_THAT(ScanRows(*snapshot, 1, 258), ElementsAre(65536));
}

TEST_P(PointStoreScanTest, ScansStopWhenTheVisitorSaysSo) {
  Apply({WriteBuilder(1, 1).Put(Id(1), 1).Put(Id(2), 2).Put(Id(3), 3).Build(),
         WriteBuilder(1, 2).Put(Id(1), 4, "", 1).Put(Id(2), 5, "", 2).Build()});
  EXPECT_THAT(ScanRows(*Snapshot(), 1, 0, 100, 2), ElementsAre(3, 4));
  EXPECT_THAT(ScanIds(*Snapshot(), 1, PointId(), 1), ElementsAre(IdAndRow{"1", 4}));
  EXPECT_THAT(ScanTombstones(*Snapshot(), 1, 1), ElementsAre(1));
}

TEST_P(PointStoreScanTest, ScanIdsGoesInIdOrderAndResumesAfterAnId) {
  const std::string longest(kMaxIdBytes, 'z');
  Apply({WriteBuilder(1, 1)
             .Put(Id("b"), 1)
             .Put(Id(256), 2)
             .Put(PointId::FromString(longest), 3)
             .Put(Id("10"), 4)
             .Put(Id(10), 5)
             .Put(Id("bb"), 6)
             .Put(Id(9), 7)
             .Put(PointId::FromString(absl::string_view("b\0", 2)), 8)
             .Build()});
  const auto snapshot = Snapshot();
  EXPECT_THAT(ScanIds(*snapshot, 1),
              ElementsAre(IdAndRow{"9", 7}, IdAndRow{"10", 5}, IdAndRow{"256", 2},
                          IdAndRow{"10", 4}, IdAndRow{"b", 1}, IdAndRow{std::string("b\0", 2), 8},
                          IdAndRow{"bb", 6}, IdAndRow{longest, 3}));
  EXPECT_THAT(ScanIds(*snapshot, 1, Id(255), 2),
              ElementsAre(IdAndRow{"256", 2}, IdAndRow{"10", 4}));
  EXPECT_THAT(ScanIds(*snapshot, 1, Id("b"), 1), ElementsAre(IdAndRow{std::string("b\0", 2), 8}));
  EXPECT_THAT(ScanIds(*snapshot, 1, PointId::FromString(longest)), IsEmpty());
}

TEST_P(PointStoreScanTest, AVisitorMayWriteToTheStore) {
  Apply({WriteBuilder(1, 1).Put(Id(1), 1).Put(Id(2), 2).Build()});
  const auto snapshot = Snapshot();
  uint64_t next = 3;
  ASSERT_TRUE(snapshot
                  ->ScanPoints(CollectionNumber{1}, Row{1}, Row{100},
                               [&](const StoredPoint&) {
                                 Apply({WriteBuilder(1, next).Put(Id(next), next).Build()});
                                 ++next;
                                 return true;
                               })
                  .ok());
  EXPECT_EQ(next, 5u);
  EXPECT_THAT(ScanRows(*Snapshot(), 1), ElementsAre(1, 2, 3, 4));
}

}  // namespace
}  // namespace nestor
