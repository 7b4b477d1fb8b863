// A store that is behind with its own work refuses what it is given, for a while.

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "engine/engine.h"
#include "engine/retry_later.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/status_macros.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/borrowed_store.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

using testing::Id;
using ::testing::IsEmpty;
using testing::NeverStop;
using ::testing::SizeIs;
using testing::TempDir;
using testing::TestCollection;
using testing::ValueOf;

CollectionSpec BehindSpec() {
  CollectionSpec spec;
  spec.dims = 2;
  spec.metric = Metric::kDot;
  return spec;
}

// A store that does something before it takes a manifest, or refuses it.
class ManifestStore : public testing::BorrowedStore {
 public:
  using BorrowedStore::BorrowedStore;
  absl::Status Apply(absl::Span<const storage::CommitRecord> records) override {
    for (const storage::CommitRecord& record : records) {
      if (record.has_manifest() && before_manifest) NESTOR_RETURN_IF_ERROR(before_manifest());
    }
    return BorrowedStore::Apply(records);
  }
  std::function<absl::Status()> before_manifest;
};

// Until a manifest is stored, the one before it names a file that has the rows.
TEST(StoreBehindTest, TombstonesWaitForTheManifestThatIsBeingWritten) {
  const TempDir directory;
  const std::unique_ptr<CheckedFiles> files =
      ValueOf(CheckedFiles::Open(directory.Join("segments")));
  const std::unique_ptr<PointStore> memory = NewMemoryStore();
  auto owned = std::make_unique<ManifestStore>(*memory);
  ManifestStore& store = *owned;
  TestCollection collection(BehindSpec(), std::move(owned));
  collection.files = files.get();
  collection.Reopen();
  std::vector<testing::NamedVector> points;
  for (uint64_t id = 1; id <= 100; ++id) {
    points.push_back({Id(id), {1, static_cast<float>(id)}});
    if (id > 60) points.back().expire_time = collection.now + absl::Hours(1);
  }
  collection.Upsert(points);
  collection.Index();
  collection.now += absl::Hours(1);
  collection.Upsert({{Id(101), {1, 101}}});
  collection.Seal();
  const absl::Status behind = absl::ResourceExhaustedError("behind");
  store.before_manifest = [&] { return behind; };
  ASSERT_TRUE(ValueOf(collection->MergeOnce(1)));  // leaves out what has expired
  EXPECT_EQ(ValueOf(collection->EraseExpiredOnce()), 40u);
  ASSERT_EQ(collection.Tombstones(), 40u);
  store.before_manifest = [&] {
    EXPECT_EQ(ValueOf(collection->EraseExpiredOnce()), 0u);
    return behind;
  };
  EXPECT_FALSE(ValueOf(collection->MergeOnce(1)));
  EXPECT_EQ(collection.Tombstones(), 40u);
  store.before_manifest = nullptr;
  collection.Reopen();
  EXPECT_EQ(collection->Stats().points, 61u);
}

// A store that says a number of times that it is behind with its own work.
class BehindStore : public testing::BorrowedStore {
 public:
  BehindStore(PointStore& store, std::atomic<int>& refusals)
      : BorrowedStore(store), refusals_(refusals) {}
  absl::Status Apply(absl::Span<const storage::CommitRecord> records) override {
    if (refusals_ > 0) {
      --refusals_;
      return absl::ResourceExhaustedError("behind");
    }
    return BorrowedStore::Apply(records);
  }

 private:
  std::atomic<int>& refusals_;
};

TEST(StoreBehindTest, AManifestThatWasRefusedIsCommittedLater) {
  const TempDir directory;
  const std::unique_ptr<CheckedFiles> files =
      ValueOf(CheckedFiles::Open(directory.Join("segments")));
  const std::unique_ptr<PointStore> store = NewMemoryStore();
  std::atomic<int> refusals{0};
  TestCollection collection(BehindSpec(), std::make_unique<BehindStore>(*store, refusals));
  collection.files = files.get();
  collection.Reopen();
  collection.Upsert({{Id(1), {1, 0}}, {Id(3), {3, 0}}});
  collection.Seal();
  collection.Delete({Id(3)});
  refusals = 1000;
  const std::vector<testing::NamedVector> points = {{Id(2), {2, 0}}};
  const auto refused = collection->Upsert(testing::ItemsOf(points), WriteMode::kUpsert);
  EXPECT_TRUE(IsRetryLater(refused.status())) << refused.status();
  EXPECT_TRUE(ValueOf(collection->MergeOnce(1)));
  EXPECT_THAT(ValueOf(files->List()), SizeIs(1));
  refusals = 0;
  EXPECT_EQ(collection.Tombstones(), 1u);
  EXPECT_FALSE(ValueOf(collection->MergeOnce(1)));  // there is nothing to merge
  EXPECT_EQ(ValueOf(collection->EraseExpiredOnce()), 0u);
  EXPECT_EQ(collection.Tombstones(), 0u) << "what a refused one would have forgotten";
  collection.Reopen();
  EXPECT_EQ(collection->Stats().unindexed_points, 0u);
  EXPECT_EQ(collection->Stats().points, 1u);
}

// What matched when it began goes, all of it, whatever the store is busy with between two commits.
TEST(StoreBehindTest, ADeleteByFilterThatHasBegunWaits) {
  const std::unique_ptr<PointStore> store = NewMemoryStore();
  std::atomic<int> refusals{0};
  TestCollection collection(BehindSpec(), std::make_unique<BehindStore>(*store, refusals));
  std::vector<testing::NamedVector> points;
  for (uint64_t id = 1; id <= 2500; ++id) points.push_back({Id(id), {1, static_cast<float>(id)}});
  collection.Upsert(points);
  refusals = 1;
  EXPECT_TRUE(IsRetryLater(collection->DeleteMatching(nullptr, NeverStop).status()));
  EXPECT_EQ(collection->Stats().points, 2500u) << "nothing was done";
  int looks = 0;
  const auto stop = [&] {
    if (++looks == 3) refusals = 2;  // one after filtering, one before each commit
    return absl::OkStatus();
  };
  EXPECT_EQ(ValueOf(collection->DeleteMatching(nullptr, stop)).affected, 2500u);
  EXPECT_EQ(refusals, 0);
  EXPECT_EQ(collection->Stats().points, 0u);
}

TEST(StoreBehindTest, CreatingAndDroppingWait) {
  const std::unique_ptr<PointStore> store = NewMemoryStore();
  std::atomic<int> refusals{0};
  EngineOptions options;
  options.new_uuid = [] { return "uuid"; };
  const auto engine =
      ValueOf(Engine::Open(std::make_unique<BehindStore>(*store, refusals), std::move(options)));
  CollectionSpec spec = BehindSpec();
  spec.name = "docs";
  refusals = 2;
  ASSERT_TRUE(engine->CreateCollection(spec, Engine::IfExists::kRefuse).ok());
  refusals = 2;
  ASSERT_EQ(engine->DropCollection("docs"), absl::OkStatus());
  EXPECT_THAT(engine->List(), IsEmpty());
}

}  // namespace
}  // namespace nestor
