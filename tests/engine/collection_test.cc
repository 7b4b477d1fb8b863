#include "engine/collection.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Id;
using testing::IdsOf;
using ::testing::SizeIs;
using testing::TestCollection;
using testing::ValueOf;

CollectionSpec PlainSpec(uint32_t dims = 2) {
  CollectionSpec spec;
  spec.name = "docs";
  spec.dims = dims;
  spec.metric = Metric::kDot;
  return spec;
}

std::vector<absl::StatusCode> Codes(const WriteResult& result) {
  std::vector<absl::StatusCode> codes;
  for (const ItemError& error : result.errors) codes.push_back(error.status.code());
  return codes;
}

SearchRequest Exact(absl::Span<const float> vector, uint32_t limit = 10) {
  SearchRequest request;
  request.vector = vector;
  request.limit = limit;
  request.plan = ExactRequest{};
  return request;
}

const std::vector<float> kUnit = {1, 0};

TEST(CollectionTest, InsertOnlyRefusesExistingIdsItemByItem) {
  TestCollection collection(PlainSpec());
  collection.Upsert({{Id(1), {1, 0}}});
  const WriteResult result = collection.Upsert(
      {{Id(2), {2, 0}}, {Id(1), {9, 0}}, {Id(2), {9, 0}}, {Id(3), {3, 0}}}, WriteMode::kInsertOnly);
  EXPECT_EQ(result.affected, 2u);
  EXPECT_THAT(Codes(result),
              ElementsAre(absl::StatusCode::kAlreadyExists, absl::StatusCode::kAlreadyExists));
  EXPECT_EQ(result.errors[0].index, 1u);
  EXPECT_EQ(result.errors[1].index, 2u);
  EXPECT_THAT(IdsOf(collection.Search(Exact(kUnit))), ElementsAre(Id(3), Id(2), Id(1)));
}

TEST(CollectionTest, UpdateOnlyRefusesMissingIdsItemByItem) {
  TestCollection collection(PlainSpec());
  collection.Upsert({{Id(1), {1, 0}}});
  const WriteResult result =
      collection.Upsert({{Id(2), {2, 0}}, {Id(1), {9, 0}}}, WriteMode::kUpdateOnly);
  EXPECT_EQ(result.affected, 1u);
  EXPECT_THAT(Codes(result), ElementsAre(absl::StatusCode::kNotFound));
  const SearchResult found = collection.Search(Exact(kUnit));
  EXPECT_THAT(IdsOf(found), ElementsAre(Id(1)));
  EXPECT_EQ(found.hits[0].score, 9);
}

TEST(CollectionTest, AWriteThatChangesNothingTakesNoSequence) {
  TestCollection collection(PlainSpec());
  const Sequence first = collection.Upsert({{Id(1), {1, 0}}}).sequence;
  EXPECT_EQ(collection.Upsert({{Id(1), {1, 0}}}, WriteMode::kInsertOnly).sequence, first);
  EXPECT_EQ(collection.Delete({Id(7)}).sequence, first);
  EXPECT_EQ(collection.Delete({Id(7)}).affected, 0u);
  EXPECT_EQ(collection.Upsert({}).sequence, first);
  EXPECT_EQ(collection.Delete({Id(1)}).sequence, NextSequence(first));
}

TEST(CollectionTest, TheLastOfEqualIdsInABatchWins) {
  TestCollection collection(PlainSpec());
  const WriteResult result = collection.Upsert({{Id(1), {1, 0}}, {Id(1), {2, 0}}, {Id(1), {3, 0}}});
  EXPECT_EQ(result.affected, 3u);
  const SearchResult found = collection.Search(Exact(kUnit));
  ASSERT_THAT(found.hits, SizeIs(1));
  EXPECT_EQ(found.hits[0].score, 3);
  EXPECT_EQ(collection->Stats().points, 1u);
  EXPECT_EQ(collection->Stats().dead_rows, 2u);
}

TEST(CollectionTest, ANumberAndItsStringAreTwoPoints) {
  TestCollection collection(PlainSpec());
  collection.Upsert({{Id(7), {1, 0}}, {PointId::FromString("7"), {2, 0}}});
  collection.Delete({Id(7)});
  EXPECT_THAT(IdsOf(collection.Search(Exact(kUnit))), ElementsAre(PointId::FromString("7")));
}

// Without background work sealed deltas pile up until writers are told to wait.
TEST(CollectionTest, WritersAreRefusedWhileTooManyDeltasWait) {
  TestCollection collection(PlainSpec());
  absl::Status status;
  uint64_t written = 0;
  while (status.ok() && written < 100) {
    const std::vector<testing::NamedVector> points = {{Id(written), {1, 0}}};
    const std::vector<UpsertItem> items = testing::ItemsOf(points);
    status = collection->Upsert(items, WriteMode::kUpsert).status();
    if (!status.ok()) break;
    ++written;
    (void)ValueOf(collection->SealWrites());
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("the limit is 8"));
  EXPECT_EQ(collection->Stats().points, written);
  // Deletes shrink the work that is left, and are taken.
  EXPECT_EQ(collection.Delete({Id(0)}).affected, 1u);
  collection.Seal();
  EXPECT_EQ(collection.Upsert({{Id(999), {1, 0}}}).affected, 1u);
  EXPECT_EQ(collection->Stats().points, written);
}

// Rows of 8,192 dims: a delta holds 1,024 of them.
TEST(CollectionTest, AFullDeltaIsSealedAndTheNextOneGoesOn) {
  constexpr uint32_t kDims = 8192;
  const size_t capacity = Delta::CapacityFor(kDims);
  TestCollection collection(PlainSpec(kDims));
  std::vector<float> vector(kDims, 0);
  for (uint64_t id = 0; id < capacity + 100;) {
    std::vector<testing::NamedVector> batch;
    for (int i = 0; i < 200 && id < capacity + 100; ++i, ++id) {
      vector[0] = static_cast<float>(id);
      batch.push_back({Id(id), vector});
    }
    collection.Upsert(batch);
  }
  EXPECT_EQ(collection->view()->deltas.size(), 2u);
  EXPECT_EQ(collection->view()->deltas[0].length, capacity);
  vector.assign(kDims, 0);
  vector[0] = 1;
  EXPECT_THAT(IdsOf(collection.Search(Exact(vector, 2))),
              ElementsAre(Id(capacity + 99), Id(capacity + 98)));
  EXPECT_TRUE(collection->SealOnce());
  EXPECT_FALSE(collection->SealOnce());
  EXPECT_EQ(collection->Stats().points, capacity + 100);
  EXPECT_EQ(collection->Stats().unindexed_points, capacity + 100);
}

TEST(CollectionTest, SealWritesTellsWhatToWaitFor) {
  TestCollection collection(PlainSpec());
  collection.Upsert({{Id(1), {1, 0}}});
  collection.Upsert({{Id(2), {1, 0}}});
  const Sequence sequence = ValueOf(collection->SealWrites());
  EXPECT_EQ(sequence, Sequence{2});
  EXPECT_FALSE(collection->IsIndexed(sequence));
  EXPECT_TRUE(collection->SealOnce());
  EXPECT_FALSE(collection->IsIndexed(sequence));
  EXPECT_TRUE(ValueOf(collection->MergeOnce(1)));
  EXPECT_TRUE(collection->IsIndexed(sequence));
  EXPECT_FALSE(ValueOf(collection->MergeOnce(1)));
  collection.Upsert({{Id(3), {1, 0}}});
  EXPECT_TRUE(collection->IsIndexed(sequence));
  EXPECT_FALSE(collection->IsIndexed(NextSequence(sequence)));
}

TEST(CollectionTest, WhatDiesWhileItIsMergedStaysDead) {
  TestCollection collection(PlainSpec());
  for (uint64_t id = 0; id < 20; ++id) collection.Upsert({{Id(id), {1, 0}}});
  collection.Seal();
  const std::shared_ptr<const View> before = collection->view();
  collection.Delete({Id(3), Id(4)});
  collection.Upsert({{Id(5), {7, 0}}});
  EXPECT_TRUE(ValueOf(collection->MergeOnce(1)));
  EXPECT_EQ(collection->Stats().points, 18u);
  EXPECT_EQ(before->live_points(), 20u);
}

// The store keeps a tombstone for as long as a segment or delta holds the dead row, no longer.
TEST(CollectionTest, TombstonesAreForgottenOnceNobodyHoldsTheRow) {
  TestCollection collection(PlainSpec());
  for (uint64_t id = 0; id < 20; ++id) collection.Upsert({{Id(id), {1, 0}}});
  collection.Delete({Id(0)});
  EXPECT_EQ(collection.Tombstones(), 1u);
  collection.Seal();
  EXPECT_EQ(collection.Tombstones(), 0u);
  for (uint64_t id = 1; id < 10; ++id) collection.Delete({Id(id)});
  EXPECT_EQ(collection.Tombstones(), 9u);
  collection.Index();
  EXPECT_EQ(collection.Tombstones(), 0u);
  EXPECT_EQ(collection->Stats().dead_rows, 0u);
}

// The filter is looked at again by whoever commits.
TEST(CollectionTest, WhatDoesNotSatisfyTheFilterAnyMoreIsNotDeletedByIt) {
  for (const bool indexed : {false, true}) {
    CollectionSpec spec = PlainSpec();
    if (indexed) spec.payload_indexes = {{"color", FieldType::kKeyword}};
    TestCollection collection(spec);
    const auto set = [](absl::string_view color) {
      PointUpdate update;
      storage::PayloadRecord::Field* field = update.payload.set.add_fields();
      field->set_name("color");
      field->mutable_value()->set_string_value(std::string(color));
      return update;
    };
    for (uint64_t id = 1; id <= 4; ++id) collection.Upsert({{Id(id), {1, 0}}});
    ASSERT_TRUE(collection->UpdateMatching(nullptr, set("red"), testing::NeverStop).ok());
    Filter red;
    red.kind = Filter::Kind::kCompare;
    red.comparison.field = "color";
    red.comparison.values = {std::string("red")};
    // The view that is filtered is there when this is asked for the first time.
    bool updated = false;
    const auto update_meanwhile = [&] {
      if (updated) return absl::OkStatus();
      updated = true;
      const std::vector<PointId> ids = {Id(1), Id(3)};
      EXPECT_TRUE(collection->Update(ids, set("blue")).ok());
      return absl::OkStatus();
    };
    EXPECT_EQ(ValueOf(collection->DeleteMatching(&red, update_meanwhile)).affected, 2u);
    EXPECT_TRUE(updated);
    EXPECT_THAT(IdsOf(collection.Search(Exact(kUnit))), ElementsAre(Id(1), Id(3)));
  }
}

TEST(CollectionTest, AClosedCollectionRefusesWritesAndStillAnswers) {
  TestCollection collection(PlainSpec());
  collection.Upsert({{Id(1), {1, 0}}});
  collection->Close();
  collection->Close();
  const auto refused = [&] {
    const std::vector<PointId> ids = {Id(1)};
    return collection->Delete(ids).status();
  };
  EXPECT_EQ(refused().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(collection->SealWrites().status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(collection->RefreshSnapshot().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(collection->SealOnce());
  EXPECT_THAT(IdsOf(collection.Search(Exact(kUnit))), ElementsAre(Id(1)));
}

// Those who still hold a dropped collection see it as it was, whatever they try.
TEST(CollectionTest, AClosedCollectionKeepsItsStateWhenTheStoreDropsIt) {
  TestCollection collection(PlainSpec());
  collection.Upsert({{Id(1), {1, 0}}});
  collection->Close();
  storage::CommitRecord drop;
  drop.set_format(kCommitFormat);
  drop.set_collection(1);
  drop.mutable_drop()->set_name("docs");
  ASSERT_TRUE(collection.store().Apply({drop}).ok());
  const std::vector<PointId> ids = {Id(1)};
  EXPECT_FALSE(collection->Delete(ids).ok());
  EXPECT_FALSE(collection->RefreshSnapshot().ok());
  EXPECT_THAT(IdsOf(collection.Search(Exact(kUnit))), ElementsAre(Id(1)));
  EXPECT_TRUE(ValueOf(collection->Get(ids, {}))[0].has_value());
}

// A search that took its view before a write sees the state before the write.
TEST(CollectionTest, AViewStaysWhatItWas) {
  TestCollection collection(PlainSpec());
  collection.Upsert({{Id(1), {1, 0}}, {Id(2), {2, 0}}});
  const std::shared_ptr<const View> view = collection->view();
  collection.Delete({Id(1)});
  collection.Upsert({{Id(2), {5, 0}}, {Id(3), {3, 0}}});
  collection.Index();
  const Clock clock = [] { return absl::Time(); };
  const LeftOut left_out =
      ValueOf(FindLeftOut(*view, collection->spec(), nullptr, testing::NeverStop, clock));
  const SearchRequest request = Exact(kUnit);
  SearchResult before;
  SearchTask task{&request, testing::NeverStop, &before, absl::OkStatus()};
  SearchTogether(*view, collection->spec(), left_out, clock, absl::MakeSpan(&task, 1),
                 std::pmr::get_default_resource());
  ASSERT_TRUE(task.status.ok());
  EXPECT_THAT(IdsOf(before), ElementsAre(Id(2), Id(1)));
  EXPECT_EQ(before.hits[0].score, 2);
}

TEST(CollectionTest, RowsAndSequencesGoOnAfterAReopen) {
  TestCollection collection(PlainSpec());
  collection.Upsert({{Id(1), {1, 0}}});
  collection.Delete({Id(1)});
  const Row next = collection->view()->next_row;
  collection.Reopen();
  EXPECT_EQ(collection->view()->next_row, next);
  EXPECT_EQ(collection.Upsert({{Id(1), {1, 0}}}).sequence, Sequence{3});
}

}  // namespace
}  // namespace nestor
