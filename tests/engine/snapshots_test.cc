#include "engine/snapshots.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "engine/snapshot_name.h"
#include "gmock/gmock.h"
#include "tests/engine/test_snapshots.h"
#include "tests/storage/failing_files.h"

namespace nestor {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using testing::FailingFiles;
using ::testing::HasSubstr;
using testing::Id;
using ::testing::IsEmpty;
using testing::NeverStop;
using testing::Random;
using ::testing::SizeIs;
using testing::ValueOf;

class SnapshotsTest : public testing::SnapshotsFixture {
 protected:
  std::vector<std::string> Collections() const {
    std::vector<std::string> names;
    for (const auto& collection : engine_->List()) names.push_back(collection->spec().name);
    return names;
  }
  std::vector<PointId> ExactSearch(const Collection& collection, uint64_t seed) const {
    const std::vector<float> vector = Random(seed).GaussianVector(collection.spec().dims);
    SearchRequest request;
    request.vector = vector;
    request.plan = ExactRequest();
    return testing::IdsOf(ValueOf(testing::SearchOf(collection, request)));
  }
  // Rows in the store of that collection, seen or not.
  size_t StoredRows(uint32_t number) const {
    size_t rows = 0;
    EXPECT_TRUE(store_->GetSnapshot()
                    ->ScanIds(CollectionNumber{number}, PointId(),
                              [&](const PointId&, Row) { return ++rows > 0; })
                    .ok());
    return rows;
  }
};

TEST_F(SnapshotsTest, ARestoredCollectionHasWhatTheSourceHad) {
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    const std::string name = absl::StrCat("docs-", static_cast<int>(metric));
    const auto docs = Create(name, metric);
    Fill(*docs, 500, 1, now());
    ASSERT_TRUE(docs->Delete({Id(1), Id(2)}).ok());
    const SnapshotInfo info = Snapshot(name);
    EXPECT_EQ(info.points, 498u);
    EXPECT_EQ(info.collection, name);
    EXPECT_EQ(info.create_time, now());
    EXPECT_EQ(info.sequence, Sequence{2});
    EXPECT_TRUE(IsSnapshotName(info.name));
    EXPECT_TRUE(Verify(info.name).ok()) << Verify(info.name);

    const auto again = ValueOf(Restore(info.name, name + "-again"));
    EXPECT_EQ(again->spec().name, name + "-again");
    EXPECT_NE(again->spec().uuid, docs->spec().uuid);
    EXPECT_NE(again->spec().number, docs->spec().number);
    CollectionSpec spec = again->CurrentSpec();
    spec.name = name;
    EXPECT_EQ(spec, docs->CurrentSpec());
    ExpectSamePoints(Points(*again), Points(*docs));
    EXPECT_EQ(ValueOf(again->Count(nullptr, NeverStop)), 498u);
    for (uint64_t seed = 0; seed < 10; ++seed) {
      EXPECT_EQ(ExactSearch(*again, seed), ExactSearch(*docs, seed));
    }
  }
}

TEST_F(SnapshotsTest, ARestoredCollectionIsOneLikeAnyOther) {
  Fill(*Create("docs"), 100, 1, now());
  const auto write = [&](Collection& again) {
    Fill(again, 50, 2, now());
    EXPECT_TRUE(again.Delete({Id(4)}).ok());
    return Points(again);
  };
  const std::vector<FoundPoint> before = write(*ValueOf(Restore(Snapshot("docs").name, "again")));
  EXPECT_THAT(before, SizeIs(99));
  Open();
  EXPECT_THAT(Collections(), ElementsAre("again", "docs"));
  ExpectSamePoints(Points(*ValueOf(engine_->Find("again"))), before);
  ASSERT_TRUE(engine_->DropCollection("again").ok());
  EXPECT_EQ(StoredRows(2), 0u);
}

TEST_F(SnapshotsTest, ASnapshotIsOfItsMoment) {
  const auto docs = Create("docs");
  Fill(*docs, 50, 1, now());
  const std::vector<FoundPoint> then = Points(*docs);
  const std::string name = Snapshot("docs").name;
  Fill(*docs, 80, 2, now());
  ASSERT_TRUE(docs->Delete({Id(1)}).ok());
  const IndexedField index = {"colour", FieldType::kKeyword};
  ASSERT_TRUE(docs->ChangeSchema({.add = &index, .drop = {}}).ok());
  ExpectSamePoints(Points(*ValueOf(Restore(name, "again"))), then);
  // The payload indexes are those of the moment, too.
  const auto newer = ValueOf(Restore(Snapshot("docs").name, "newer"));
  EXPECT_THAT(newer->CurrentSpec().payload_indexes, SizeIs(2));
}

TEST_F(SnapshotsTest, ACollectionWithoutPointsIsOneAsWell) {
  Create("docs");
  const SnapshotInfo info = Snapshot("docs");
  EXPECT_EQ(info.points, 0u);
  EXPECT_TRUE(Verify(info.name).ok());
  EXPECT_EQ(ValueOf(ValueOf(Restore(info.name, "again"))->Count(nullptr, NeverStop)), 0u);
}

TEST_F(SnapshotsTest, ExpiredPointsAreLeftOutOfBoth) {
  const auto docs = Create("docs");
  Fill(*docs, 20, 1, now());  // 0, 5, 10, 15 expire after 1, 6, 11, 16 hours
  Advance(absl::Hours(1));
  const SnapshotInfo info = Snapshot("docs");
  EXPECT_EQ(info.points, 19u);
  Advance(absl::Hours(9));
  const auto again = ValueOf(Restore(info.name, "again"));
  EXPECT_EQ(ValueOf(again->Count(nullptr, NeverStop)), 18u);
  ExpectSamePoints(Points(*again), Points(*docs));
}

// Each batch writes the same number to all points: a snapshot never mixes two of them.
TEST_F(SnapshotsTest, ASnapshotTakenWhileWritersRunIsOneState) {
  const auto docs = Create("docs", Metric::kL2);
  const auto write = [&](uint64_t number) {
    std::vector<testing::NamedVector> points;
    for (uint64_t i = 0; i < 2000; ++i) {
      points.push_back(
          {Id(i), std::vector<float>(8, static_cast<float>(number)), testing::PayloadOf(number)});
    }
    const std::vector<UpsertItem> items = testing::ItemsOf(points);
    return docs->Upsert(items, WriteMode::kUpsert).status();
  };
  ASSERT_TRUE(write(1).ok());
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (uint64_t number = 2; !stop; ++number) (void)write(number);
  });
  for (int i = 0; i < 5; ++i) {
    const SnapshotInfo info = Snapshot("docs");
    const std::string name = absl::StrCat("again-", i);
    const std::vector<FoundPoint> points = Points(*ValueOf(Restore(info.name, name)));
    EXPECT_THAT(points, SizeIs(2000));
    for (const FoundPoint& point : points) {
      ASSERT_EQ(point.payload, points.front().payload);
      ASSERT_EQ(point.vector, points.front().vector);
    }
    ASSERT_TRUE(snapshots_->Delete(info.name).ok());
  }
  stop = true;
  writer.join();
}

TEST_F(SnapshotsTest, ListsByNameAndCollectionAndDeletes) {
  for (const char* name : {"b", "a", "a-b"}) Create(name);
  const std::string b = Snapshot("b").name;
  const std::string a = Snapshot("a").name;
  const std::string ab = Snapshot("a-b").name;
  fs::create_directory(Root() + "/notes");
  EXPECT_THAT(Names(), ElementsAre(a, ab, b));
  EXPECT_THAT(ValueOf(snapshots_->List("a")), ElementsAre(a));
  EXPECT_EQ(snapshots_->Describe(b).collection, "b");
  ASSERT_TRUE(snapshots_->Delete(a).ok());
  EXPECT_THAT(Names(), ElementsAre(ab, b));
  EXPECT_EQ(snapshots_->Delete(a), absl::NotFoundError("no snapshot '" + a + "'"));
  EXPECT_TRUE(fs::exists(Root() + "/notes"));
}

TEST_F(SnapshotsTest, BadNamesReachNoFile) {
  Create("docs");
  for (const char* name : {"", "..", "../segments", "notes", "/etc", "docs"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Verify(name))) << name;
    EXPECT_TRUE(absl::IsInvalidArgument(snapshots_->Delete(name))) << name;
    EXPECT_TRUE(absl::IsInvalidArgument(Restore(name, "again").status())) << name;
  }
  EXPECT_TRUE(absl::IsNotFound(snapshots_->Create("../docs", NeverStop).status()));
  const std::string name = Snapshot("docs").name;
  EXPECT_THAT(std::string(Restore(name, "a/b").status().message()),
              HasSubstr("collection.name: 'a/b' is not 1 to 64"));
  EXPECT_EQ(Restore(name, "docs").status(), absl::AlreadyExistsError("collection 'docs' exists"));
}

TEST_F(SnapshotsTest, ADirectoryCopiedToAnotherServerIsRestoredThere) {
  Fill(*Create("docs"), 30, 1, now());
  const std::string name = Snapshot("docs").name;
  const std::vector<FoundPoint> points = Points(*ValueOf(engine_->Find("docs")));
  const auto other_store = NewMemoryStore();
  Open(std::make_unique<testing::BorrowedStore>(*other_store), rocksdb::Env::Default());
  ExpectSamePoints(Points(*ValueOf(Restore(name, "docs"))), points);
  snapshots_.reset();
  engine_.reset();
}

TEST_F(SnapshotsTest, AStopLeavesNothing) {
  Fill(*Create("docs"), 5000, 1, now());
  const std::string name = Snapshot("docs").name;
  for (int calls = 0;; ++calls) {
    int left = calls;
    const auto stop = [&] { return left-- > 0 ? absl::OkStatus() : absl::CancelledError("gone"); };
    const auto restored = snapshots_->Restore(name, "again", stop);
    if (restored.ok()) {
      EXPECT_GE(calls, 5);
      break;
    }
    EXPECT_TRUE(absl::IsCancelled(restored.status()));
    EXPECT_THAT(Collections(), ElementsAre("docs"));
    EXPECT_THAT(*store_->GetSnapshot()->ListRestoring(), IsEmpty());
  }
  const auto now = [] { return absl::CancelledError("gone"); };
  EXPECT_TRUE(absl::IsCancelled(snapshots_->Create("docs", now).status()));
  EXPECT_THAT(Names(), ElementsAre(name));
  EXPECT_EQ(std::distance(fs::directory_iterator(Root()), {}), 1);
}

// Takes no write from a chosen one on, as after a failure of the disk.
class StoppingStore : public testing::BorrowedStore {
 public:
  StoppingStore(PointStore& store, std::atomic<int>& left) : BorrowedStore(store), left_(left) {}
  absl::Status Apply(absl::Span<const storage::CommitRecord> records) override {
    if (left_-- <= 0) return absl::UnknownError("the disk is gone");
    return BorrowedStore::Apply(records);
  }

 private:
  std::atomic<int>& left_;
};

TEST_F(SnapshotsTest, TheNextStartRemovesARestoreThatWasCutShort) {
  Fill(*Create("docs", Metric::kL2, 2048), 2000, 1, now());  // several commits
  const std::string name = Snapshot("docs").name;
  int writes = 0;
  std::atomic<int> left{0};
  for (;; ++writes) {
    left = writes;
    Open(std::make_unique<StoppingStore>(*store_, left), rocksdb::Env::Default());
    const absl::Status status = Restore(name, "again").status();
    if (status.ok()) break;
    EXPECT_EQ(status.code(), absl::StatusCode::kUnknown) << status;
    EXPECT_THAT(Collections(), ElementsAre("docs"));
    const size_t restoring = store_->GetSnapshot()->ListRestoring()->size();
    EXPECT_EQ(restoring, writes == 0 ? 0u : 1u);
    const uint32_t number = ToNumber(*store_->GetSnapshot()->LastCollectionNumber());
    if (writes > 0) {
      EXPECT_EQ(StoredRows(number) > 0, writes > 1);
    }
    Open();
    EXPECT_THAT(Collections(), ElementsAre("docs"));
    EXPECT_THAT(*store_->GetSnapshot()->ListRestoring(), IsEmpty());
    if (writes > 0) {
      EXPECT_EQ(StoredRows(number), 0u);
      EXPECT_GT(Create("new")->spec().number, CollectionNumber{number});  // not used again
      ASSERT_TRUE(engine_->DropCollection("new").ok());
    }
  }
  EXPECT_GE(writes, 5);
  Open();
  EXPECT_THAT(Collections(), ElementsAre("again", "docs"));
}

TEST_F(SnapshotsTest, ANameIsTakenWhileItIsRestored) {
  Create("docs");
  CollectionSpec spec = engine_->Find("docs").value()->CurrentSpec();
  spec.name = "again";
  const auto restored =
      engine_->RestoreCollection(spec, testing::NeverStop, [&](Engine::RestoreWriter) {
        EXPECT_TRUE(absl::IsNotFound(engine_->Find("again").status()));
        EXPECT_EQ(engine_->CreateCollection(spec, Engine::IfExists::kAcceptSameSpec).status(),
                  absl::AlreadyExistsError("collection 'again' is being restored"));
        EXPECT_TRUE(absl::IsAlreadyExists(
            engine_
                ->RestoreCollection(spec, testing::NeverStop,
                                    [](Engine::RestoreWriter) { return absl::OkStatus(); })
                .status()));
        return absl::DataLossError("no more");
      });
  EXPECT_TRUE(absl::IsDataLoss(restored.status()));
  EXPECT_TRUE(engine_->CreateCollection(spec, Engine::IfExists::kRefuse).ok());
}

// Whatever step of writing fails, no snapshot is seen, and nothing is left.
TEST_F(SnapshotsTest, AFailingDiskLeavesNothing) {
  FailingFiles disk;
  Fill(*Create("docs"), 30, 1, now());
  Open(std::make_unique<testing::BorrowedStore>(*store_), disk.env());
  int steps = 0;
  for (;; ++steps) {
    const bool full = steps % 2 == 0;
    disk.FailAfter(steps, full ? rocksdb::IOStatus::NoSpace("full") : rocksdb::IOStatus::IOError());
    const auto info = snapshots_->Create("docs", NeverStop);
    if (!disk.failed()) {
      ASSERT_TRUE(info.ok()) << info.status();
      break;
    }
    disk.Heal();
    EXPECT_EQ(info.status().code(),
              full ? absl::StatusCode::kResourceExhausted : absl::StatusCode::kUnavailable)
        << "step " << steps << ": " << info.status();
    EXPECT_THAT(Names(), IsEmpty());
    EXPECT_TRUE(fs::is_empty(Root())) << "step " << steps;
  }
  EXPECT_GT(steps, 15);
  EXPECT_TRUE(Verify(Names().front()).ok());
}

TEST_F(SnapshotsTest, ThereIsALimitOnTheirNumber) {
  Create("docs");
  const std::string name = Snapshot("docs").name;
  for (uint32_t i = 1; i < kMaxSnapshots; ++i) {
    fs::create_directory(Root() + "/" + SnapshotName("docs", now(), i));
  }
  EXPECT_EQ(snapshots_->Create("docs", NeverStop).status(),
            absl::ResourceExhaustedError("there are 1000 snapshots, the limit is 1000"));
  ASSERT_TRUE(snapshots_->Delete(name).ok());
  EXPECT_TRUE(snapshots_->Create("docs", NeverStop).ok());
}

}  // namespace
}  // namespace nestor
