// Points that expire, as a collection answers.

#include <memory>
#include <vector>

#include "engine/engine.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/borrowed_store.h"

namespace nestor {
namespace {

using ::testing::ElementsAre;
using testing::Id;
using testing::IdsOf;
using ::testing::IsEmpty;
using testing::NeverStop;
using testing::TestCollection;
using ::testing::UnorderedElementsAre;
using testing::ValueOf;

constexpr absl::Duration kHour = absl::Hours(1);

CollectionSpec ExpiringSpec() {
  CollectionSpec spec;
  spec.dims = 2;
  spec.metric = Metric::kDot;
  return spec;
}

class ExpiryTest : public ::testing::Test {
 protected:
  // Point `id` with score `id`.
  WriteResult Put(uint64_t id, absl::Time expire_time = absl::InfiniteFuture(),
                  WriteMode mode = WriteMode::kUpsert) {
    return collection_.Upsert({{Id(id), {static_cast<float>(id), 0}, "", expire_time}}, mode);
  }
  WriteResult Renew(const std::vector<PointId>& ids, absl::Time expire_time) {
    PointUpdate update;
    update.expire_time = expire_time;
    return ValueOf(collection_->Update(ids, update));
  }
  std::vector<PointId> Found() {
    const std::vector<float> query = {1, 0};
    SearchRequest request;
    request.vector = query;
    return IdsOf(collection_.Search(request));
  }
  std::vector<bool> Has(const std::vector<PointId>& ids) {
    std::vector<bool> has;
    for (const auto& point : ValueOf(collection_->Get(ids, {}))) has.push_back(point.has_value());
    return has;
  }
  std::vector<PointId> Scrolled() {
    std::vector<PointId> ids;
    for (const FoundPoint& point :
         ValueOf(collection_->Scroll(PointId(), 100, {}, nullptr, NeverStop)).points) {
      ids.push_back(point.id);
    }
    return ids;
  }
  absl::Time& now() { return collection_.now; }

  TestCollection collection_{ExpiringSpec()};
};

TEST_F(ExpiryTest, AnExpiredPointIsNotThereForAnyCall) {
  Put(1);
  Put(2, now() + kHour);
  Put(3, now() + 2 * kHour);
  EXPECT_THAT(Found(), ElementsAre(Id(3), Id(2), Id(1)));
  now() += kHour - absl::Microseconds(1);
  EXPECT_THAT(Found(), ElementsAre(Id(3), Id(2), Id(1)));
  now() += absl::Microseconds(1);
  EXPECT_THAT(Found(), ElementsAre(Id(3), Id(1)));
  EXPECT_THAT(Has({Id(1), Id(2), Id(3)}), ElementsAre(true, false, true));
  EXPECT_THAT(Scrolled(), ElementsAre(Id(1), Id(3)));
  EXPECT_EQ(ValueOf(collection_->Count(nullptr, NeverStop)), 2u);
  const Filter everything;
  EXPECT_EQ(ValueOf(collection_->Count(&everything, NeverStop)), 2u);
  EXPECT_EQ(collection_->Stats().points, 2u);
  EXPECT_EQ(collection_->Stats().unindexed_points, 2u);
  SearchRequest like;
  like.like = Id(2);
  EXPECT_TRUE(absl::IsNotFound(testing::SearchOf(*collection_, like).status()));
  EXPECT_EQ(collection_.StoredPoints(), 3u);  // nobody has erased it yet
}

TEST_F(ExpiryTest, ItLeavesSegmentsInTheSameWay) {
  for (uint64_t id = 1; id <= 20; ++id)
    Put(id, id % 2 == 0 ? now() + kHour : absl::InfiniteFuture());
  collection_.Index();
  now() += kHour;
  EXPECT_THAT(Found(), ElementsAre(Id(19), Id(17), Id(15), Id(13), Id(11), Id(9), Id(7), Id(5),
                                   Id(3), Id(1)));
  EXPECT_EQ(collection_->Stats().points, 10u);
  EXPECT_EQ(collection_->Stats().dead_rows, 10u);
  EXPECT_EQ(collection_->Stats().unindexed_points, 0u);
}

TEST_F(ExpiryTest, ForWritesItIsGoneAsWell) {
  Put(1, now() + kHour);
  Put(2, now() + kHour);
  Put(3, now() + kHour);
  EXPECT_EQ(Put(1, absl::InfiniteFuture(), WriteMode::kInsertOnly).affected, 0u);
  now() += kHour;
  EXPECT_EQ(Put(1, absl::InfiniteFuture(), WriteMode::kUpdateOnly).errors.size(), 1u);
  EXPECT_EQ(Put(1, absl::InfiniteFuture(), WriteMode::kInsertOnly).affected, 1u);
  EXPECT_EQ(Renew({Id(2)}, now() + kHour).errors.size(), 1u);
  EXPECT_EQ(collection_.Delete({Id(3)}).affected, 0u);
  EXPECT_EQ(ValueOf(collection_->DeleteMatching(nullptr, NeverStop)).affected, 1u);
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(ExpiryTest, TouchingAPointRenewsItAndKeepsItsVersion) {
  const Sequence version = Put(1, now() + kHour).sequence;
  Put(2, now() + kHour);
  Put(3);
  EXPECT_EQ(Renew({Id(1)}, now() + 3 * kHour).affected, 1u);
  Renew({Id(2)}, absl::InfiniteFuture());
  Renew({Id(3)}, now() + 2 * kHour);
  now() += kHour;
  EXPECT_THAT(Found(), ElementsAre(Id(3), Id(2), Id(1)));
  const auto point = ValueOf(collection_->Get(std::vector<PointId>{Id(1)}, {}))[0];
  ASSERT_TRUE(point.has_value());
  EXPECT_EQ(point->version, version);
  EXPECT_EQ(point->expire_time, now() + 2 * kHour);
  now() += kHour;
  EXPECT_THAT(Found(), ElementsAre(Id(2), Id(1)));
  now() += kHour;
  EXPECT_THAT(Found(), ElementsAre(Id(2)));
}

TEST_F(ExpiryTest, AnUpsertSaysAnewWhenThePointExpires) {
  Put(1, now() + kHour);
  Put(1);
  Put(2);
  Put(2, now() + kHour);
  now() += kHour;
  EXPECT_THAT(Found(), ElementsAre(Id(1)));
}

TEST_F(ExpiryTest, WhatWasExpiredStaysSoWhenTheClockIsSetBack) {
  Put(1, now() + kHour);
  now() += kHour;
  Put(2);  // any commit settles what is expired by then
  now() -= kHour;
  EXPECT_THAT(Found(), ElementsAre(Id(2)));
  EXPECT_THAT(Has({Id(1)}), ElementsAre(false));
  EXPECT_EQ(Put(1, absl::InfiniteFuture(), WriteMode::kInsertOnly).affected, 1u);
}

TEST_F(ExpiryTest, WhatIsWrittenAfterTheClockWasSetBackLives) {
  Put(1);
  now() += 24 * kHour;
  Put(2);
  now() -= 24 * kHour;
  Put(3, now() + kHour);
  Renew({Id(1)}, now() + 2 * kHour);
  EXPECT_THAT(Found(), ElementsAre(Id(3), Id(2), Id(1)));
  EXPECT_EQ(ValueOf(collection_->EraseExpiredOnce()), 0u);
  now() += kHour;
  EXPECT_THAT(Found(), ElementsAre(Id(2), Id(1)));
  now() += kHour;
  EXPECT_THAT(Found(), ElementsAre(Id(2)));
  EXPECT_EQ(ValueOf(collection_->EraseExpiredOnce()), 2u);
}

// A page of few points among many that are expired.
TEST_F(ExpiryTest, ScrollsGoPastWhatIsExpired) {
  for (uint64_t id = 1; id <= 2000; ++id) {
    Put(id, id % 1000 == 0 ? absl::InfiniteFuture() : now() + kHour);
  }
  now() += kHour;
  EXPECT_THAT(Scrolled(), ElementsAre(Id(1000), Id(2000)));
}

TEST_F(ExpiryTest, ErasingTakesItOutOfTheStoreAndNothingElse) {
  Put(1);
  Put(2, now() + kHour);
  Put(3, now() + 2 * kHour);
  EXPECT_EQ(ValueOf(collection_->EraseExpiredOnce()), 0u);
  now() += kHour;
  const Sequence before = collection_->view()->sequence;
  EXPECT_EQ(ValueOf(collection_->EraseExpiredOnce()), 1u);
  EXPECT_EQ(ValueOf(collection_->EraseExpiredOnce()), 0u);
  EXPECT_EQ(collection_->view()->sequence, NextSequence(before));
  EXPECT_EQ(collection_.StoredPoints(), 2u);
  EXPECT_THAT(Found(), ElementsAre(Id(3), Id(1)));
  collection_.Reopen();
  EXPECT_THAT(Found(), ElementsAre(Id(3), Id(1)));
}

TEST_F(ExpiryTest, TimesSurviveARestart) {
  Put(1, now() + kHour);
  Put(2, now() + 2 * kHour);
  Renew({Id(1)}, now() + 3 * kHour);
  collection_.Reopen();
  now() += 2 * kHour;
  EXPECT_THAT(Found(), ElementsAre(Id(1)));
  collection_.Reopen();
  EXPECT_THAT(Found(), ElementsAre(Id(1)));
  EXPECT_EQ(collection_->Stats().points, 1u);
}

// A merge leaves behind what is expired; the erase that follows finds no part with the row.
TEST_F(ExpiryTest, NoTombstoneIsLeftOfWhatAMergeLeftBehind) {
  for (uint64_t id = 1; id <= 10; ++id) Put(id, id <= 4 ? now() + kHour : absl::InfiniteFuture());
  collection_.Index();
  now() += kHour;
  Put(11);
  collection_.Index();
  EXPECT_EQ(collection_->Stats().dead_rows, 0u);
  EXPECT_EQ(Put(4, absl::InfiniteFuture(), WriteMode::kInsertOnly).affected, 1u);
  EXPECT_EQ(ValueOf(collection_->EraseExpiredOnce()), 3u);
  EXPECT_EQ(ValueOf(collection_->EraseExpiredOnce()), 0u);
  EXPECT_EQ(collection_.Tombstones(), 0u);
  EXPECT_EQ(collection_.StoredPoints(), 8u);
  EXPECT_EQ(collection_->Stats().points, 8u);
}

TEST_F(ExpiryTest, WhatIsRenewedBetweenTheLookAndTheCommitIsNotErased) {
  Put(1, now() + kHour);
  Put(2, now() + kHour);
  // The first look at the clock finds both expired, the leader's does not.
  absl::Time times[] = {now() + kHour, now()};
  size_t looks = 0;
  collection_.clock = [&] { return times[std::min<size_t>(looks++, 1)]; };
  EXPECT_EQ(ValueOf(collection_->EraseExpiredOnce()), 0u);
  EXPECT_EQ(collection_.StoredPoints(), 2u);
}

TEST(EngineExpiryTest, BackgroundWorkErasesWhatIsExpired) {
  const std::unique_ptr<PointStore> store = NewMemoryStore();
  EngineOptions options;
  options.new_uuid = [] { return "uuid"; };
  const std::unique_ptr<Engine> engine =
      ValueOf(Engine::Open(std::make_unique<testing::BorrowedStore>(*store), std::move(options)));
  CollectionSpec spec = ExpiringSpec();
  spec.name = "docs";
  const std::shared_ptr<Collection> collection =
      ValueOf(engine->CreateCollection(spec, Engine::IfExists::kRefuse));
  std::vector<testing::NamedVector> points;
  for (uint64_t id = 0; id < 2500; ++id) {  // of several commits
    points.push_back({Id(id), {1, 0}, "", id % 5 == 0 ? absl::InfiniteFuture() : absl::Now()});
  }
  const std::vector<UpsertItem> items = testing::ItemsOf(points);
  ASSERT_TRUE(collection->Upsert(items, WriteMode::kUpsert).ok());
  EXPECT_EQ(collection->Stats().points, 500u);
  while (collection->view()->expiries->size() > 0) absl::SleepFor(absl::Milliseconds(10));
  size_t stored = 0;
  ASSERT_TRUE(store->GetSnapshot()
                  ->ScanIds(CollectionNumber{1}, PointId(),
                            [&](const PointId&, Row) { return ++stored > 0; })
                  .ok());
  EXPECT_EQ(stored, 500u);
}

}  // namespace
}  // namespace nestor
