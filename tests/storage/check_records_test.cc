#include "storage/check_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/storage/record_builder.h"

namespace nestor {
namespace {

using ::nestor::testing::AbandonRestoreRecord;
using ::nestor::testing::CreateRecord;
using ::nestor::testing::DropRecord;
using ::nestor::testing::FinishRestoreRecord;
using ::nestor::testing::ForgetAllRecord;
using ::nestor::testing::ForgetRecord;
using ::nestor::testing::Id;
using ::nestor::testing::RestoreRecord;
using ::nestor::testing::WriteBuilder;
using ::testing::HasSubstr;

storage::CommitRecord GoodWrite() {
  return WriteBuilder(1, 1).Put(Id(1), 1).Put(Id(2), 3, "payload", 2).Erase(Id(4), 1).Build();
}

// Refused with InvalidArgumentError, and the message has `why`.
void ExpectRefused(const storage::CommitRecord& record, const std::string& why) {
  const absl::Status status = CheckRecords({GoodWrite(), record});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << why;
  EXPECT_THAT(std::string(status.message()), HasSubstr("commit record 1: "));
  EXPECT_THAT(std::string(status.message()), HasSubstr(why));
}

storage::CommitRecord WithPut(void (*change)(storage::CommitRecord::Put* put)) {
  storage::CommitRecord record = GoodWrite();
  change(record.mutable_write()->mutable_puts(0));
  return record;
}

TEST(CheckRecordsTest, AcceptsWhatCanBeApplied) {
  EXPECT_TRUE(CheckRecords({}).ok());
  EXPECT_TRUE(CheckRecords({GoodWrite(), CreateRecord(1, "a"), DropRecord(1, "a"),
                            ForgetRecord(1, {1}), ForgetAllRecord(1)})
                  .ok());
}

TEST(CheckRecordsTest, ChecksTheCollectionOfARestore) {
  EXPECT_TRUE(CheckRecords({RestoreRecord(1, "a"), FinishRestoreRecord(1, "a"),
                            RestoreRecord(2, "a"), AbandonRestoreRecord(2)})
                  .ok());
  storage::CommitRecord restore = RestoreRecord(1, "a");
  restore.mutable_restore()->set_number(2);
  ExpectRefused(restore, "collection number 2 to restore in a record of collection 1");
  ExpectRefused(RestoreRecord(1, ""), "a collection to restore has no name");
  storage::CommitRecord finish = FinishRestoreRecord(1, "a");
  finish.mutable_end_restore()->mutable_create()->set_number(2);
  ExpectRefused(finish, "collection number 2 to create in a record of collection 1");
}

TEST(CheckRecordsTest, RefusesNewerFormatsNamingBoth) {
  storage::CommitRecord record = GoodWrite();
  record.set_format(kCommitFormat + 6);
  const absl::Status status = CheckRecords({record});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("format 7 is newer than 1"));
}

TEST(CheckRecordsTest, RefusesRecordsWithoutFormatOrChange) {
  storage::CommitRecord record = GoodWrite();
  record.clear_format();
  ExpectRefused(record, "no format");
  record = GoodWrite();
  record.clear_change();
  ExpectRefused(record, "no change");
  ExpectRefused(WriteBuilder(1, 1).Build(), "changes nothing");
  ExpectRefused(ForgetRecord(1, {}), "no tombstones");
}

TEST(CheckRecordsTest, RefusesCollectionNumbersOutOfRange) {
  storage::CommitRecord record = GoodWrite();
  record.set_collection(0);
  ExpectRefused(record, "collection number 0");
  record.set_collection(0xffffffff);
  ExpectRefused(record, "collection number 4294967295");
}

TEST(CheckRecordsTest, RefusesWritesWithoutSequence) {
  storage::CommitRecord record = GoodWrite();
  record.set_sequence(0);
  ExpectRefused(record, "no sequence");
}

TEST(CheckRecordsTest, RefusesIncompletePuts) {
  ExpectRefused(WithPut([](auto* put) { put->clear_id(); }), "id of 0 bytes");
  ExpectRefused(WithPut([](auto* put) { put->set_id("plain text"); }), "id of 10 bytes");
  ExpectRefused(WithPut([](auto* put) { put->clear_row(); }), "row is missing");
  ExpectRefused(WithPut([](auto* put) { put->clear_vector(); }), "vector of 0 bytes");
  ExpectRefused(WithPut([](auto* put) { put->set_vector("12345"); }), "vector of 5 bytes");
}

TEST(CheckRecordsTest, RefusesRowsInImpossibleOrder) {
  ExpectRefused(WithPut([](auto* put) { put->set_row(4); }), "row 4 is not below next_row 4");
  ExpectRefused(WithPut([](auto* put) { put->set_replaced_row(1); }),
                "replaced_row 1 is not below row 1");
}

TEST(CheckRecordsTest, RefusesIncompleteErases) {
  storage::CommitRecord record = GoodWrite();
  record.mutable_write()->mutable_erases(0)->clear_row();
  ExpectRefused(record, "row is missing");
  record = GoodWrite();
  record.mutable_write()->mutable_erases(0)->clear_id();
  ExpectRefused(record, "id of 0 bytes");
}

TEST(CheckRecordsTest, RefusesToPutAndEraseOneId) {
  ExpectRefused(WriteBuilder(1, 1).Put(Id("a"), 2).Put(Id("b"), 3).Erase(Id("b"), 1).Build(),
                "row 3 puts an id that the same record erases");
}

TEST(CheckRecordsTest, RefusesPayloadPutsOfImpossibleRowsOrBesideOthers) {
  EXPECT_TRUE(CheckRecords({WriteBuilder(1, 1).PutPayload(3, "p").Build()}).ok());
  ExpectRefused(WriteBuilder(1, 1).PutPayload(0, "p").Build(), "row is missing");
  ExpectRefused(WriteBuilder(1, 1).PutPayload(3, "p").Put(Id(7), 5).Build(),
                "payload or expiry puts beside puts or erases");
}

TEST(CheckRecordsTest, RefusesExpiryPutsOfImpossibleRowsOrBesideOthers) {
  EXPECT_TRUE(CheckRecords({WriteBuilder(1, 1).PutExpiry(3, 5).PutPayload(3, "p").Build()}).ok());
  ExpectRefused(WriteBuilder(1, 1).PutExpiry(0, 5).Build(), "row is missing");
  ExpectRefused(WriteBuilder(1, 1).PutExpiry(3, 5).Erase(Id(7), 5).Build(),
                "payload or expiry puts beside puts or erases");
}

TEST(CheckRecordsTest, RefusesCollectionsWithoutNameOrOfAnotherNumber) {
  ExpectRefused(CreateRecord(1, ""), "no name");
  ExpectRefused(DropRecord(1, ""), "no name");
  storage::CommitRecord record = CreateRecord(1, "a");
  record.mutable_create()->set_number(2);
  ExpectRefused(record, "collection number 2");
}

}  // namespace
}  // namespace nestor
