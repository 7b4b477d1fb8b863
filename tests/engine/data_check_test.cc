#include "engine/data_check.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/damage.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

using testing::ContentOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Id;
using ::testing::IsEmpty;
using testing::SetContent;
using ::testing::SizeIs;
using testing::TempDir;
using testing::TestCollection;
using testing::ValueOf;

class DataCheckTest : public ::testing::Test {
 protected:
  DataCheckTest() {
    collection_.files = files_.get();
    collection_.Reopen();
    for (uint64_t id = 1; id <= 100; ++id) {
      const absl::Time expires =
          id == 7 ? collection_.now + absl::Hours(1) : absl::InfiniteFuture();
      collection_.Upsert({{Id(id), {static_cast<float>(id), 1}, "", expires}});
    }
    collection_.Index();
    collection_.Delete({Id(100)});
    collection_.Upsert({{Id(101), {1, 1}}});
  }
  static CollectionSpec Spec() {
    CollectionSpec spec;
    spec.name = "docs";
    spec.dims = 2;
    return spec;
  }
  DataReport Check() { return CheckData(collection_.store(), files_.get(), collection_.now); }
  // Straight into the store, past the rules.
  void Apply(const storage::CommitRecord& record) {
    ASSERT_EQ(collection_.store().Apply({&record, 1}), absl::OkStatus());
  }
  static storage::CommitRecord Record() {
    storage::CommitRecord record;
    record.set_format(kCommitFormat);
    record.set_collection(1);
    return record;
  }
  std::string File() { return ValueOf(files_->List())[0]; }

  const TempDir directory_;
  const std::unique_ptr<CheckedFiles> files_ =
      ValueOf(CheckedFiles::Open(directory_.Join("segments")));
  TestCollection collection_{Spec()};
};

TEST_F(DataCheckTest, HealthyDataHasNoProblems) {
  const DataReport report = Check();
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_THAT(report.facts,
              ElementsAre("collection 'docs': 100 points of 2 dims, 1 of them expire, 1 "
                          "tombstones, 1 segment files, healthy"));
}

// It is erased from the store later.
TEST_F(DataCheckTest, WhatHasExpiredMayBeInNoFile) {
  collection_.now += absl::Hours(1);
  for (uint64_t id = 1; id <= 50; ++id) {
    collection_.Upsert({{Id(id == 7 ? 102 : id), {static_cast<float>(id), 2}}});
  }
  collection_.Index();
  EXPECT_EQ(collection_.StoredPoints(), 101u);
  EXPECT_THAT(Check().problems, IsEmpty());
}

TEST_F(DataCheckTest, ADamagedSegmentFileIsNamedAndLeftWhereItIs) {
  std::string content = ContentOf(*files_, File());
  content[content.size() / 2] ^= 1;
  SetContent(*files_, File(), content);
  EXPECT_THAT(Check().problems, ElementsAre(HasSubstr(files_->PathOf(File()))));
  EXPECT_EQ(ContentOf(*files_, File()), content);
}

TEST_F(DataCheckTest, AMissingSegmentFileIsNamed) {
  const std::string name = File();
  ASSERT_EQ(files_->Remove(name), absl::OkStatus());
  EXPECT_THAT(Check().problems, ElementsAre(HasSubstr(name)));
  EXPECT_THAT(CheckData(collection_.store(), nullptr, collection_.now).problems,
              ElementsAre(HasSubstr(name)));
}

TEST_F(DataCheckTest, AnIdThatLeadsNowhereIsNamed) {
  storage::CommitRecord record = Record();
  record.set_sequence(1000);
  record.mutable_write()->set_next_row(102);
  storage::CommitRecord::Erase* erase = record.mutable_write()->add_erases();
  erase->set_id(Id(101).encoded());
  erase->set_row(1);  // that of id 1
  Apply(record);
  EXPECT_THAT(Check().problems,
              ElementsAre("collection 'docs': id '1' leads to row 1, which is not there"));
}

TEST_F(DataCheckTest, WhatWillExpireMayNotBeInNoFile) {
  collection_.Upsert({{Id(102), {1, 1}, "", collection_.now + absl::Seconds(1)}});
  storage::CommitRecord record = Record();
  *record.mutable_manifest() =
      ValueOf(collection_.store().GetSnapshot()->Manifest(CollectionNumber{1}));
  record.mutable_manifest()->set_watermark(103);
  Apply(record);
  const std::string lost = "collection 'docs': row 101 is in no segment file";
  EXPECT_THAT(Check().problems,
              ElementsAre(lost, "collection 'docs': row 102 is in no segment file"));
  collection_.now += absl::Seconds(1);
  EXPECT_THAT(Check().problems, ElementsAre(lost));
}

TEST_F(DataCheckTest, AManifestThatPromisesTooMuchIsFound) {
  storage::CommitRecord record = Record();
  *record.mutable_manifest() =
      ValueOf(collection_.store().GetSnapshot()->Manifest(CollectionNumber{1}));
  record.mutable_manifest()->set_watermark(102);
  Apply(record);
  EXPECT_THAT(Check().problems, ElementsAre("collection 'docs': row 101 is in no segment file"));
}

TEST_F(DataCheckTest, ADeadRowWithoutItsTombstoneIsFound) {
  storage::CommitRecord record = Record();
  record.mutable_forget_tombstones()->add_rows(100);
  Apply(record);
  EXPECT_THAT(
      Check().problems,
      ElementsAre("collection 'docs': row 100 of a segment file is dead without a tombstone"));
}

TEST_F(DataCheckTest, OfManyProblemsSomeAreNamed) {
  storage::CommitRecord record = Record();
  record.set_sequence(1000);
  record.mutable_write()->set_next_row(102);
  for (uint64_t row = 1; row <= 40; ++row) {
    storage::CommitRecord::Erase* erase = record.mutable_write()->add_erases();
    erase->set_id(Id(1000 + row).encoded());
    erase->set_row(row);
  }
  Apply(record);
  const DataReport report = Check();
  ASSERT_THAT(report.problems, SizeIs(kMaxProblems + 1));
  // 40 ids that lead nowhere, the count of ids, and an expiry.
  EXPECT_EQ(report.problems.back(),
            absl::StrCat("collection 'docs': ", 42 - kMaxProblems, " more problems"));
}

}  // namespace
}  // namespace nestor
