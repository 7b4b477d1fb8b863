#include "storage/apply_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
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
using ::testing::ElementsAre;
using ::testing::SizeIs;

// `put points of collection 1, row 5`, one for each operation.
std::vector<std::string> Operations(const storage::CommitRecord& record) {
  std::vector<std::string> lines;
  ApplyRecord(record, [&](const KeyOperation& operation) {
    const char* verb = operation.kind == KeyOperation::Kind::kPut      ? "put "
                       : operation.kind == KeyOperation::Kind::kDelete ? "delete "
                                                                       : "delete from ";
    lines.push_back(absl::StrCat(verb, DescribeKey(operation.family, operation.key)));
  });
  return lines;
}

// Everything, as bytes.
std::string Bytes(const storage::CommitRecord& record) {
  std::string bytes;
  ApplyRecord(record, [&](const KeyOperation& operation) {
    absl::StrAppend(&bytes, FamilyName(operation.family), "|", operation.key, "|", operation.value,
                    ";");
  });
  return bytes;
}

TEST(ApplyRecordTest, PutWritesPointPayloadAndId) {
  EXPECT_THAT(
      Operations(WriteBuilder(1, 1).Put(Id(7), 5, "payload").Build()),
      ElementsAre("put points of collection 1, row 5", "put payloads of collection 1, row 5",
                  "put ids of collection 1, id 7", "put meta, key applied/\\000\\000\\000\\001"));
}

TEST(ApplyRecordTest, ReplacedRowDies) {
  EXPECT_THAT(
      Operations(WriteBuilder(1, 1).Put(Id(7), 5, "", 3).Build()),
      ElementsAre("put points of collection 1, row 5", "delete points of collection 1, row 3",
                  "delete payloads of collection 1, row 3", "put tombstones of collection 1, row 3",
                  "put ids of collection 1, id 7", "put meta, key applied/\\000\\000\\000\\001"));
}

TEST(ApplyRecordTest, EraseKillsTheRowAndTheId) {
  EXPECT_THAT(
      Operations(WriteBuilder(1, 1).Erase(Id(7), 3).Build()),
      ElementsAre("delete points of collection 1, row 3", "delete payloads of collection 1, row 3",
                  "put tombstones of collection 1, row 3", "delete ids of collection 1, id 7",
                  "put meta, key applied/\\000\\000\\000\\001"));
}

TEST(ApplyRecordTest, APayloadPutTouchesNothingElse) {
  EXPECT_THAT(
      Operations(WriteBuilder(1, 1).PutPayload(3, "payload").PutPayload(4, "").Build()),
      ElementsAre("put payloads of collection 1, row 3", "delete payloads of collection 1, row 4",
                  "put meta, key applied/\\000\\000\\000\\001"));
}

TEST(ApplyRecordTest, ADyingRowTakesItsExpiryWithItOnlyIfItHasOne) {
  EXPECT_THAT(
      Operations(WriteBuilder(1, 1).EraseExpiring(Id(7), 3).Build()),
      ElementsAre("delete points of collection 1, row 3", "delete payloads of collection 1, row 3",
                  "delete expiries of collection 1, row 3", "put tombstones of collection 1, row 3",
                  "delete ids of collection 1, id 7",
                  "put meta, key applied/\\000\\000\\000\\001"));
}

TEST(ApplyRecordTest, CreateTakesTheNumberForGood) {
  EXPECT_THAT(
      Operations(CreateRecord(9, "books")),
      ElementsAre("put meta, key collection/books", "put meta, key number/\\000\\000\\000\\t"));
}

TEST(ApplyRecordTest, ARestoreIsSeenOnlyAtItsEnd) {
  EXPECT_THAT(Operations(RestoreRecord(65, "books")),
              ElementsAre("put meta, key restoring/\\000\\000\\000A",
                          "put meta, key number/\\000\\000\\000A"));
  EXPECT_THAT(
      Operations(FinishRestoreRecord(65, "books")),
      ElementsAre("delete meta, key restoring/\\000\\000\\000A", "put meta, key collection/books",
                  "put meta, key number/\\000\\000\\000A"));
}

// Not by its name, which another collection may have by now.
TEST(ApplyRecordTest, ARestoreIsAbandonedByItsNumber) {
  const std::vector<std::string> operations = Operations(AbandonRestoreRecord(65));
  EXPECT_THAT(operations, SizeIs(8));
  EXPECT_EQ(operations[0], "delete meta, key restoring/\\000\\000\\000A");
  EXPECT_EQ(operations[1], "delete meta, key applied/\\000\\000\\000A");
}

TEST(ApplyRecordTest, DropEmptiesEveryFamily) {
  EXPECT_THAT(
      Operations(DropRecord(65, "books")),
      ElementsAre(
          "delete meta, key collection/books", "delete meta, key applied/\\000\\000\\000A",
          "delete from points, key \\000\\000\\000A", "delete from payloads, key \\000\\000\\000A",
          "delete from ids, key \\000\\000\\000A", "delete from tombstones, key \\000\\000\\000A",
          "delete from manifests, key \\000\\000\\000A",
          "delete from expiries, key \\000\\000\\000A"));
}

TEST(ApplyRecordTest, ForgetTakesNoSequence) {
  EXPECT_THAT(Operations(ForgetRecord(1, {4, 2})),
              ElementsAre("delete tombstones of collection 1, row 4",
                          "delete tombstones of collection 1, row 2"));
  EXPECT_THAT(Operations(ForgetAllRecord(65)),
              ElementsAre("delete from tombstones, key \\000\\000\\000A"));
}

TEST(ApplyRecordTest, SameRecordGivesTheSameBytesWhateverTheOrderOfItsMaps) {
  storage::CommitRecord up = CreateRecord(1, "a");
  storage::CommitRecord down = CreateRecord(1, "a");
  for (int i = 0; i < 100; ++i) {
    (*up.mutable_create()->mutable_labels())[absl::StrCat("label", i)] = "x";
    (*down.mutable_create()->mutable_labels())[absl::StrCat("label", 99 - i)] = "x";
  }
  EXPECT_EQ(Bytes(up), Bytes(down));
}

}  // namespace
}  // namespace nestor
