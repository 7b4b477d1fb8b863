// What a restart finds: segments in their files, and everything else in the store.

#include "engine/recovery.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/engine.h"
#include "engine/manifest.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/storage/failing_files.h"
#include "tests/testing/borrowed_store.h"
#include "tests/testing/damage.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

using testing::ContentOf;
using ::testing::ElementsAre;
using testing::FailingFiles;
using ::testing::HasSubstr;
using testing::Id;
using testing::IdsOf;
using ::testing::IsEmpty;
using testing::SetContent;
using ::testing::SizeIs;
using testing::TempDir;
using testing::TestCollection;
using testing::ValueOf;

CollectionSpec RecoveredSpec() {
  CollectionSpec spec;
  spec.dims = 2;
  spec.metric = Metric::kDot;
  return spec;
}

class RecoveryTest : public ::testing::Test {
 protected:
  RecoveryTest() {
    collection_.files = files_.get();
    collection_.Reopen();
  }

  // Points first to last, with their numbers as scores.
  void Put(uint64_t first, uint64_t last, absl::Time expire_time = absl::InfiniteFuture()) {
    for (uint64_t id = first; id <= last; ++id) {
      collection_.Upsert({{Id(id), {static_cast<float>(id), 0}, "", expire_time}});
    }
  }
  std::vector<PointId> Best(uint32_t limit) {
    const std::vector<float> query = {1, 0};
    SearchRequest request;
    request.vector = query;
    request.limit = limit;
    request.plan = ExactRequest{};
    return IdsOf(collection_.Search(request));
  }
  void IndexOnFullDisk() {
    disk_.FailAfter(2, rocksdb::IOStatus::NoSpace("full"));
    collection_.Index();
    disk_.Heal();
  }
  CollectionStats Stats() { return collection_->Stats(); }
  std::vector<std::string> Files() { return ValueOf(files_->List()); }

  const TempDir directory_;
  FailingFiles disk_;
  const std::unique_ptr<CheckedFiles> files_ =
      ValueOf(CheckedFiles::Open(directory_.Join("segments"), disk_.env()));
  TestCollection collection_{RecoveredSpec()};
};

TEST_F(RecoveryTest, SegmentsNeedNotBeBuiltAgain) {
  Put(1, 100);
  collection_.Index();
  Put(101, 110);
  collection_.Reopen();
  EXPECT_EQ(Stats().points, 110u);
  EXPECT_EQ(Stats().unindexed_points, 10u);
  EXPECT_EQ(Stats().segments, 2u);
  EXPECT_THAT(Best(3), ElementsAre(Id(110), Id(109), Id(108)));
  EXPECT_THAT(collection_.log, IsEmpty());
  collection_.Reopen();
  EXPECT_EQ(Stats().unindexed_points, 10u);
}

TEST_F(RecoveryTest, WhatDiedAfterItsFileWasWrittenStaysDead) {
  Put(1, 100);
  collection_.Index();
  collection_.Delete({Id(100), Id(99)});
  Put(98, 98);
  EXPECT_EQ(collection_.Tombstones(), 3u);
  collection_.Reopen();
  EXPECT_EQ(Stats().points, 98u);
  EXPECT_EQ(Stats().dead_rows, 3u);
  EXPECT_THAT(Best(2), ElementsAre(Id(98), Id(97)));
  EXPECT_EQ(collection_.Tombstones(), 3u);
}

TEST_F(RecoveryTest, TombstonesGoWithTheFilesThatNeedThem) {
  Put(1, 100);
  collection_.Index();
  for (uint64_t id = 1; id <= 40; ++id) collection_.Delete({Id(id)});
  EXPECT_EQ(collection_.Tombstones(), 40u);
  collection_.Index();
  EXPECT_EQ(collection_.Tombstones(), 0u);
  EXPECT_THAT(Files(), SizeIs(1));
  collection_.Reopen();
  EXPECT_EQ(Stats().points, 60u);
  EXPECT_EQ(Stats().dead_rows, 0u);
}

TEST_F(RecoveryTest, AMergeRemovesTheFilesOfItsInputs) {
  Put(1, 50);
  collection_.Index();
  const std::vector<std::string> first = Files();
  Put(51, 120);
  collection_.Index();
  ASSERT_THAT(Files(), SizeIs(1));
  EXPECT_NE(Files(), first);
  for (uint64_t id = 1; id <= 120; ++id) collection_.Delete({Id(id)});
  collection_.Index();
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(RecoveryTest, ADamagedFileIsSetAsideAndItsRowsComeFromTheStore) {
  Put(1, 100);
  collection_.Index();
  collection_.Delete({Id(100)});
  const std::string name = Files()[0];
  std::string content = ContentOf(*files_, name);
  content[content.size() / 2] ^= 1;
  SetContent(*files_, name, content);
  collection_.Reopen();
  ASSERT_THAT(collection_.log, SizeIs(1));
  EXPECT_THAT(collection_.log[0], HasSubstr(absl::StrCat(files_->PathOf(name), " is damaged: ")));
  EXPECT_EQ(Stats().points, 99u);
  EXPECT_EQ(Stats().unindexed_points, 99u);
  EXPECT_THAT(Best(2), ElementsAre(Id(99), Id(98)));
  EXPECT_EQ(collection_.Tombstones(), 0u);
  EXPECT_THAT(Files(), IsEmpty());
  EXPECT_EQ(ContentOf(*files_, name + ".damaged"), content);
  collection_.Reopen();  // says it once
  EXPECT_THAT(collection_.log, SizeIs(1));
  collection_.Index();
  EXPECT_THAT(Files(), SizeIs(1));
  collection_.Reopen();
  EXPECT_EQ(Stats().unindexed_points, 0u);
}

TEST_F(RecoveryTest, AFileThatIsGoneOrAnotherIsNotBelieved) {
  Put(1, 100);
  collection_.Index();
  const std::string old_content = ContentOf(*files_, Files()[0]);
  ASSERT_TRUE(files_->Remove(Files()[0]).ok());
  collection_.Reopen();
  ASSERT_THAT(collection_.log, SizeIs(1));
  EXPECT_THAT(collection_.log[0], HasSubstr("no file "));
  EXPECT_EQ(Stats().points, 100u);
  Put(90, 100);
  collection_.Index();
  // A good file of this very collection, but of another day.
  SetContent(*files_, Files()[0], old_content);
  collection_.Reopen();
  ASSERT_THAT(collection_.log, SizeIs(2));
  EXPECT_THAT(collection_.log[1], HasSubstr("is another file than the one of that name"));
  EXPECT_EQ(Stats().points, 100u);
  EXPECT_THAT(Best(1), ElementsAre(Id(100)));
}

TEST_F(RecoveryTest, WhatAMergeDidNotFinishIsRemoved) {
  Put(1, 10);
  collection_.Index();
  const std::vector<std::string> files = Files();
  SetContent(*files_, SegmentFileName(CollectionNumber{1}, 77), "orphan");
  SetContent(*files_, SegmentFileName(CollectionNumber{2}, 1), "of another collection");
  collection_.Reopen();
  EXPECT_THAT(Files(), ElementsAre(files[0], SegmentFileName(CollectionNumber{2}, 1)));
  EXPECT_EQ(Stats().unindexed_points, 0u);
}

// The segment is there and searched; only the next start has to do without it.
TEST_F(RecoveryTest, ASegmentThatCannotBeWrittenIsUsedAllTheSame) {
  Put(1, 100);
  collection_.Index();
  const std::vector<std::string> files = Files();
  for (uint64_t id = 1; id <= 30; ++id) collection_.Delete({Id(id)});
  Put(101, 200);
  IndexOnFullDisk();
  ASSERT_THAT(collection_.log, SizeIs(1));
  EXPECT_THAT(collection_.log[0], HasSubstr("the disk is full"));
  EXPECT_EQ(Stats().unindexed_points, 0u);
  EXPECT_EQ(Stats().points, 170u);
  EXPECT_EQ(Files(), files);
  EXPECT_EQ(collection_.Tombstones(), 30u);  // the old file has these rows
  collection_.Delete({Id(31)});
  collection_.Reopen();
  EXPECT_EQ(Stats().points, 169u);
  EXPECT_EQ(Stats().unindexed_points, 100u);
  EXPECT_THAT(Best(1), ElementsAre(Id(200)));
  collection_.Index();
  EXPECT_EQ(collection_.Tombstones(), 0u);
  collection_.Reopen();
  EXPECT_EQ(Stats().points, 169u);
  EXPECT_EQ(Stats().unindexed_points, 0u);
}

// What is new gets its index meanwhile.
TEST_F(RecoveryTest, WhatIsTooLargeForMemoryIsMergedWhenTheDiskHasRoom) {
  collection_.most_copied_bytes = 100;
  collection_.Reopen();
  Put(1, 100);
  collection_.Index();
  for (uint64_t id = 1; id <= 30; ++id) collection_.Delete({Id(id)});
  disk_.LeaveFree(1000);
  EXPECT_FALSE(ValueOf(collection_->MergeOnce(1)));
  EXPECT_FALSE(ValueOf(collection_->MergeOnce(1)));
  ASSERT_THAT(collection_.log, SizeIs(1));
  EXPECT_THAT(collection_.log[0], HasSubstr("merging 1 segments waits for room on the disk"));
  EXPECT_TRUE(collection_->IsSettled());

  Put(101, 120);
  collection_.Seal();
  EXPECT_TRUE(ValueOf(collection_->MergeOnce(1)));
  EXPECT_FALSE(ValueOf(collection_->MergeOnce(1)));
  EXPECT_EQ(collection_->view()->segments.size(), 2u);
  EXPECT_EQ(Stats().unindexed_points, 0u);
  ASSERT_THAT(collection_.log, SizeIs(2));
  EXPECT_THAT(collection_.log[1], HasSubstr("a segment has no file"));

  // Deletes make room on a disk that is full for points.
  disk_.Heal();
  collection_.disk_used = 0.96;
  collection_.Index();
  EXPECT_EQ(collection_.Tombstones(), 0u);
  EXPECT_EQ(Stats().points, 90u);
}

TEST_F(RecoveryTest, NorDoesItCostATombstoneWhenItHappensAgain) {
  Put(1, 100);
  collection_.Index();
  for (uint64_t id = 1; id <= 30; ++id) collection_.Delete({Id(id)});
  for (uint64_t last : {200, 400}) {
    Put(last - 99, last);
    IndexOnFullDisk();
  }
  EXPECT_EQ(collection_.Tombstones(), 30u);
  collection_.Reopen();
  EXPECT_EQ(Stats().points, 270u);
  collection_.Index();
  EXPECT_EQ(collection_.Tombstones(), 0u);
  collection_.Reopen();
  EXPECT_EQ(Stats().points, 270u);
}

// The tombstone of what expired, was left behind by a merge and is erased then, goes only when the
// manifest names no file that has its row.
TEST_F(RecoveryTest, TombstonesOfWhatExpiredWaitForTheManifest) {
  Put(1, 60);
  Put(61, 100, collection_.now + absl::Hours(1));
  collection_.Index();
  collection_.now += absl::Hours(1);
  Put(101, 101);
  IndexOnFullDisk();  // without a file, and without what is expired
  EXPECT_EQ(ValueOf(collection_->EraseExpiredOnce()), 40u);
  EXPECT_EQ(collection_.Tombstones(), 40u);
  collection_.Reopen();
  EXPECT_EQ(Stats().points, 61u);
}

TEST_F(RecoveryTest, ADamagedManifestCostsTheFilesOnly) {
  Put(1, 100);
  collection_.Index();
  storage::CommitRecord record;
  record.set_format(kCommitFormat);
  record.set_collection(1);
  record.mutable_manifest()->add_files()->set_name("../escape");
  record.mutable_manifest()->set_watermark(90);
  ASSERT_TRUE(collection_.store().Apply({record}).ok());
  collection_.Reopen();
  ASSERT_THAT(collection_.log, SizeIs(1));
  EXPECT_THAT(collection_.log[0], HasSubstr("no segment has the name '../escape'"));
  EXPECT_EQ(Stats().points, 100u);
  EXPECT_THAT(Files(), IsEmpty());
  collection_.Reopen();
  EXPECT_THAT(collection_.log, SizeIs(1));
}

TEST(ManifestTest, OnlyOurNamesAreNamesOfFiles) {
  CollectionNumber collection{};
  uint64_t file = 0;
  const std::string name = SegmentFileName(CollectionNumber{42}, 7);
  EXPECT_EQ(name, "0000002a-0000000000000007.segment");
  ASSERT_TRUE(ParseSegmentFileName(name, &collection, &file));
  EXPECT_EQ(collection, CollectionNumber{42});
  EXPECT_EQ(file, 7u);
  for (const char* other :
       {"", "0000002a-0000000000000007.segmen", "0000002A-0000000000000007.segment",
        "0x00002a-0000000000000007.segment", "0000002a_0000000000000007.segment", "2a-7.segment",
        "0000002a-00000000_backup_.segment", "../../../-0000000000000007.segment"}) {
    EXPECT_FALSE(ParseSegmentFileName(other, &collection, &file)) << other;
  }
}

// A merge leaves behind what is expired, although the store still has it.
TEST_F(RecoveryTest, WhatIsExpiredAndInNoFileStaysGone) {
  Put(1, 60);
  Put(61, 100, collection_.now + absl::Hours(1));
  collection_.now += absl::Hours(1);
  collection_.Upsert({{Id(1), {1, 0}}});
  collection_.Index();
  collection_.now -= absl::Minutes(30);
  collection_.Reopen();
  EXPECT_EQ(Stats().points, 60u);
  EXPECT_FALSE(ValueOf(collection_->Get(std::vector<PointId>{Id(100)}, {}))[0].has_value());
  collection_.now += absl::Minutes(30);
  EXPECT_EQ(ValueOf(collection_->EraseExpiredOnce()), 40u);
  EXPECT_EQ(collection_.StoredPoints(), 60u);
  EXPECT_EQ(Stats().points, 60u);
}

TEST(EngineRecoveryTest, DroppingACollectionRemovesItsFilesOnly) {
  const TempDir directory;
  const std::unique_ptr<PointStore> store = NewMemoryStore();
  const std::shared_ptr<const CheckedFiles> files =
      ValueOf(CheckedFiles::Open(directory.Join("segments")));
  const auto open = [&] {
    EngineOptions options;
    options.new_uuid = [] { return "uuid"; };
    options.files = files;
    return ValueOf(
        Engine::Open(std::make_unique<testing::BorrowedStore>(*store), std::move(options)));
  };
  std::unique_ptr<Engine> engine = open();
  for (const char* name : {"a", "b"}) {
    CollectionSpec spec = RecoveredSpec();
    spec.name = name;
    const auto collection = ValueOf(engine->CreateCollection(spec, Engine::IfExists::kRefuse));
    const std::vector<testing::NamedVector> points = {{Id(1), {1, 2}}};
    const std::vector<UpsertItem> items = testing::ItemsOf(points);
    ASSERT_TRUE(collection->Upsert(items, WriteMode::kUpsert).ok());
    const Sequence sequence = ValueOf(collection->SealWrites());
    while (!collection->IsIndexed(sequence)) absl::SleepFor(absl::Milliseconds(1));
  }
  // Installed is not yet said in the manifest.
  const auto is_in_manifest = [&](uint32_t number) {
    return ValueOf(store->GetSnapshot()->Manifest(CollectionNumber{number})).files_size() == 1;
  };
  while (!is_in_manifest(1) || !is_in_manifest(2)) absl::SleepFor(absl::Milliseconds(1));
  engine.reset();
  engine = open();
  EXPECT_EQ(ValueOf(engine->Find("a"))->Stats().unindexed_points, 0u);
  ASSERT_THAT(ValueOf(files->List()), SizeIs(2));
  ASSERT_TRUE(engine->DropCollection("a").ok());
  ASSERT_THAT(ValueOf(files->List()), SizeIs(1));
  EXPECT_EQ(ValueOf(engine->Find("b"))->Stats().points, 1u);
  // What a write that was cut short leaves behind goes at the next start.
  SetContent(*files, "half.segment.tmp", "half");
  engine = open();
  EXPECT_TRUE(files->env()->FileExists(files->PathOf("half.segment.tmp")).IsNotFound());
}

}  // namespace
}  // namespace nestor
