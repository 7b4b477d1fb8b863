#include "server/search_group.h"

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/point_store.h"

namespace nestor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const v1::SearchRequest& Itself(const v1::SearchRequest& request) { return request; }

std::vector<uint64_t> Tags(const absl::InlinedVector<v1::SearchRequest, 1>& requests) {
  std::vector<uint64_t> tags;
  for (const v1::SearchRequest& request : requests) tags.push_back(request.tag());
  return tags;
}
std::vector<uint64_t> Tags(const std::deque<v1::SearchRequest>& requests) {
  return Tags(absl::InlinedVector<v1::SearchRequest, 1>(requests.begin(), requests.end()));
}

class SearchGroupTest : public ::testing::Test {
 protected:
  void SetUp() override {
    EngineOptions options;
    options.new_uuid = [] { return "00000000-0000-4000-8000-000000000000"; };
    engine_ = *Engine::Open(NewMemoryStore(), std::move(options));
    for (const auto& [name, index] :
         {std::pair("flat", IndexKind::kFlat), std::pair("other", IndexKind::kFlat),
          std::pair("graph", IndexKind::kHnsw)}) {
      CollectionSpec spec;
      spec.name = name;
      spec.dims = 2;
      spec.index_kind = index;
      ASSERT_TRUE(engine_->CreateCollection(spec, Engine::IfExists::kRefuse).ok());
    }
  }

  v1::SearchRequest& Wait(const std::string& collection) {
    v1::SearchRequest& request = waiting_.emplace_back();
    request.set_collection(collection);
    request.set_tag(next_tag_++);
    return request;
  }
  std::vector<uint64_t> Take(size_t workers) {
    return Tags(TakeTogether(engine_.get(), workers, Itself, 0, &waiting_));
  }

  std::unique_ptr<Engine> engine_;
  std::deque<v1::SearchRequest> waiting_;
  uint64_t next_tag_ = 0;
};

TEST_F(SearchGroupTest, OneWorkerTakesAllThatReadTheSame) {
  for (int i = 0; i < 3; ++i) Wait("flat");
  EXPECT_THAT(Take(1), ElementsAre(0, 1, 2));
  EXPECT_THAT(waiting_, IsEmpty());
}

TEST_F(SearchGroupTest, ItLeavesAsMuchForTheOthers) {
  for (int i = 0; i < 7; ++i) Wait("flat");
  EXPECT_THAT(Take(2), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(Take(4), ElementsAre(4));
}

TEST_F(SearchGroupTest, NoMoreThanAreWorthIt) {
  for (size_t i = 0; i < 3 * kMostTogether; ++i) Wait("flat");
  EXPECT_THAT(Take(1), SizeIs(kMostTogether));
  EXPECT_THAT(waiting_, SizeIs(2 * kMostTogether));
}

TEST_F(SearchGroupTest, WhatReadsSomethingElseStaysInItsOrder) {
  Wait("flat");
  Wait("other");
  Wait("graph");
  Wait("flat").mutable_filter();
  Wait("flat");
  Wait("nowhere");
  Wait("flat");
  EXPECT_THAT(Take(1), ElementsAre(0, 4, 6));
  EXPECT_THAT(Tags(waiting_), ElementsAre(1, 2, 3, 5));
}

TEST_F(SearchGroupTest, OnlyExactSearchesReadAllRowsOfAGraph) {
  Wait("graph");
  Wait("graph");
  Wait("graph").mutable_plan()->mutable_exact();
  Wait("graph");
  Wait("graph").mutable_plan()->mutable_exact();
  EXPECT_THAT(Take(1), ElementsAre(0));
  EXPECT_THAT(Take(1), ElementsAre(1));
  EXPECT_THAT(Take(1), ElementsAre(2, 4));
  EXPECT_THAT(Take(1), ElementsAre(3));
}

TEST_F(SearchGroupTest, WhatIsBeforeTheFirstIsNotLookedAt) {
  for (int i = 0; i < 4; ++i) Wait("flat");
  EXPECT_THAT(Tags(TakeTogether(engine_.get(), 1, Itself, 1, &waiting_)), ElementsAre(1, 2, 3));
  EXPECT_THAT(Tags(waiting_), ElementsAre(0));
}

TEST_F(SearchGroupTest, FiltersAndTimeBudgetsAreOfOneSearchAlone) {
  Wait("flat").mutable_filter();
  Wait("flat").mutable_time_budget()->set_seconds(1);
  Wait("flat");
  EXPECT_THAT(Take(1), ElementsAre(0));
  EXPECT_THAT(Take(1), ElementsAre(1));
  EXPECT_THAT(Take(1), ElementsAre(2));
}

TEST_F(SearchGroupTest, WithoutACollectionOrAnEngineEachIsAlone) {
  Wait("nowhere");
  Wait("nowhere");
  EXPECT_THAT(Take(1), ElementsAre(0));
  Wait("flat");
  Wait("flat");
  EXPECT_THAT(Tags(TakeTogether(nullptr, 1, Itself, 0, &waiting_)), ElementsAre(1));
  EXPECT_THAT(Tags(TakeTogether(nullptr, 1, Itself, 0, &waiting_)), ElementsAre(2));
}

}  // namespace
}  // namespace nestor
