#include "engine/engine.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "engine/retry_later.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/borrowed_store.h"

namespace nestor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Id;
using ::testing::IsEmpty;
using testing::ValueOf;

class EngineTest : public ::testing::Test {
 protected:
  EngineTest() { Open(); }

  // Again on the same store, as after a restart.
  void Open() {
    engine_.reset();
    EngineOptions options;
    options.new_uuid = [this] { return absl::StrCat("uuid-", ++uuids_); };
    options.clock = [] { return absl::FromUnixSeconds(1700000000); };
    options.disk_used = [this] { return disk_used_; };
    engine_ = ValueOf(
        Engine::Open(std::make_unique<testing::BorrowedStore>(*store_), std::move(options)));
  }
  static CollectionSpec Spec(const std::string& name, uint32_t dims = 2) {
    CollectionSpec spec;
    spec.name = name;
    spec.dims = dims;
    return spec;
  }
  std::shared_ptr<Collection> Create(const CollectionSpec& spec) {
    return ValueOf(engine_->CreateCollection(spec, Engine::IfExists::kRefuse));
  }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    for (const auto& collection : engine_->List()) names.push_back(collection->spec().name);
    return names;
  }
  static void Put(Collection& collection, uint64_t id) {
    const std::vector<testing::NamedVector> points = {{Id(id), {1, 2}}};
    const std::vector<UpsertItem> items = testing::ItemsOf(points);
    ASSERT_TRUE(collection.Upsert(items, WriteMode::kUpsert).ok());
  }

  std::unique_ptr<PointStore> store_ = NewMemoryStore();
  std::unique_ptr<Engine> engine_;
  int uuids_ = 0;
  double disk_used_ = 0;
};

TEST_F(EngineTest, AFullDiskTakesNoPointsAndLetsThemGo) {
  const std::shared_ptr<Collection> docs = Create(Spec("docs"));
  Put(*docs, 1);
  disk_used_ = 0.951;
  const std::vector<testing::NamedVector> points = {{Id(2), {1, 2}}};
  const auto refused = docs->Upsert(testing::ItemsOf(points), WriteMode::kUpsert);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("95.1 % full"));
  EXPECT_FALSE(IsRetryLater(refused.status()));  // waiting does not free space
  PointUpdate grow;
  grow.payload.set.add_fields()->set_name("more");
  EXPECT_EQ(docs->Update({Id(1)}, grow).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(docs->UpdateMatching(nullptr, grow, testing::NeverStop).status().code(),
            absl::StatusCode::kResourceExhausted);
  PointUpdate expire;
  expire.expire_time = absl::FromUnixSeconds(1800000000);
  EXPECT_TRUE(docs->Update({Id(1)}, expire).ok());
  EXPECT_EQ(docs->view()->live_points(), 1u);
  EXPECT_TRUE(docs->Delete({Id(1)}).ok());
  disk_used_ = 0.949;
  Put(*docs, 2);
}

TEST_F(EngineTest, WhatIsQuotedOfAnUnknownNameIsText) {
  // The 64 bytes that are quoted end within the second letter.
  const std::string name = std::string(63, 'a') + "\xc3\xa4";
  EXPECT_EQ(engine_->Find(name).status(),
            absl::NotFoundError("no collection '" + std::string(63, 'a') + "\\303'"));
}

TEST_F(EngineTest, StartsEmpty) {
  EXPECT_THAT(Names(), IsEmpty());
  EXPECT_EQ(engine_->Find("docs").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(engine_->DropCollection("docs").code(), absl::StatusCode::kNotFound);
}

TEST_F(EngineTest, ListsCollectionsByName) {
  Create(Spec("b"));
  Create(Spec("a"));
  EXPECT_THAT(Names(), ElementsAre("a", "b"));
  EXPECT_EQ(ValueOf(engine_->Find("a"))->spec().name, "a");
}

TEST_F(EngineTest, GivesACollectionItsIdentity) {
  const ResolvedSpec& spec = Create(Spec("docs"))->spec();
  EXPECT_EQ(spec.uuid, "uuid-1");
  EXPECT_EQ(spec.number, CollectionNumber{1});
  EXPECT_EQ(spec.create_time, absl::FromUnixSeconds(1700000000));
}

TEST_F(EngineTest, RefusesANameThatIsTaken) {
  const auto docs = Create(Spec("docs"));
  const auto again = [&](const CollectionSpec& spec, Engine::IfExists if_exists) {
    return engine_->CreateCollection(spec, if_exists);
  };
  EXPECT_EQ(again(Spec("docs"), Engine::IfExists::kRefuse).status().code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(again(Spec("docs", 3), Engine::IfExists::kAcceptSameSpec).status().code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ValueOf(again(Spec("docs"), Engine::IfExists::kAcceptSameSpec)), docs);
}

TEST_F(EngineTest, TheSameSpecIsTheOneThatWasAskedForNotTheOneThatWasResolved) {
  const auto docs = Create(Spec("docs"));
  Open();
  EXPECT_EQ(ValueOf(engine_->CreateCollection(Spec("docs"), Engine::IfExists::kAcceptSameSpec))
                ->spec()
                .uuid,
            docs->spec().uuid);
}

TEST_F(EngineTest, CollectionsAndPointsSurviveAReopen) {
  CollectionSpec spec = Spec("docs");
  spec.labels = {{"team", "search"}};
  spec.metric = Metric::kL2;
  Put(*Create(spec), 7);
  Open();
  const auto docs = ValueOf(engine_->Find("docs"));
  EXPECT_EQ(docs->spec().requested, spec);
  EXPECT_EQ(docs->spec().uuid, "uuid-1");
  EXPECT_EQ(docs->Stats().points, 1u);
  EXPECT_EQ(docs->Stats().durable_sequence, Sequence{1});
}

TEST_F(EngineTest, ADroppedCollectionIsGoneWithItsPoints) {
  const auto docs = Create(Spec("docs"));
  Put(*docs, 7);
  ASSERT_TRUE(engine_->DropCollection("docs").ok());
  EXPECT_THAT(Names(), IsEmpty());
  EXPECT_EQ(docs->SealWrites().status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Create(Spec("docs"))->Stats().points, 0u);
  Open();
  EXPECT_EQ(ValueOf(engine_->Find("docs"))->Stats().points, 0u);
}

TEST_F(EngineTest, NumbersAreNeverUsedAgain) {
  Create(Spec("a"));
  Create(Spec("b"));
  ASSERT_TRUE(engine_->DropCollection("b").ok());
  EXPECT_EQ(Create(Spec("c"))->spec().number, CollectionNumber{3});
  ASSERT_TRUE(engine_->DropCollection("c").ok());
  Open();
  EXPECT_EQ(Create(Spec("d"))->spec().number, CollectionNumber{4});
}

TEST_F(EngineTest, CollectionsDoNotSeeEachOther) {
  const auto a = Create(Spec("a")), b = Create(Spec("b"));
  Put(*a, 1);
  Put(*b, 1);
  const std::vector<PointId> ids = {Id(1)};
  ASSERT_TRUE(a->Delete(ids).ok());
  EXPECT_EQ(a->Stats().points, 0u);
  EXPECT_EQ(b->Stats().points, 1u);
}

TEST_F(EngineTest, TheNumberOfCollectionsIsLimited) {
  for (size_t i = 0; i < kMaxCollections; ++i) Create(Spec(absl::StrCat("c", i)));
  const absl::Status status =
      engine_->CreateCollection(Spec("one-more"), Engine::IfExists::kRefuse).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  ASSERT_TRUE(engine_->DropCollection("c0").ok());
  Create(Spec("one-more"));
}

// Nobody calls SealOnce or MergeOnce here.
TEST_F(EngineTest, BackgroundWorkIndexesWhatIsSealed) {
  const auto docs = Create(Spec("docs"));
  for (uint64_t id = 0; id < 50; ++id) Put(*docs, id);
  const Sequence sequence = ValueOf(docs->SealWrites());
  while (!docs->IsIndexed(sequence)) std::this_thread::yield();
  EXPECT_EQ(docs->Stats().unindexed_points, 0u);
  EXPECT_EQ(docs->Stats().segments, 1u);
}

// What a restart reads from the store is searched by scanning at first, and indexed without anyone
// asking.
TEST_F(EngineTest, BackgroundWorkIndexesWhatWasRecovered) {
  Put(*Create(Spec("docs")), 1);
  Open();
  const auto docs = ValueOf(engine_->Find("docs"));
  while (docs->Stats().unindexed_points > 0) std::this_thread::yield();
  EXPECT_EQ(docs->Stats().points, 1u);
}

}  // namespace
}  // namespace nestor
