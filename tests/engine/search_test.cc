#include "engine/search.h"

#include <algorithm>
#include <map>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/oracle.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Id;
using testing::IdsOf;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Random;
using ::testing::SizeIs;
using testing::TestCollection;

constexpr uint32_t kDims = 128;

CollectionSpec SearchedSpec(Metric metric = Metric::kCosine) {
  CollectionSpec spec;
  spec.name = "docs";
  spec.dims = kDims;
  spec.prefix_dims = 64;
  spec.metric = metric;
  return spec;
}

// Points 0 to `count` of random vectors, most of them in an indexed segment, the rest in the delta.
class SearchTest : public ::testing::Test {
 protected:
  void Fill(size_t count) {
    for (uint64_t id = 0; id < count; ++id) {
      points_.push_back({Id(id), random_.GaussianVector(kDims), "payload"});
      vectors_[Id(id)] = points_.back().vector;
    }
    const auto middle = points_.begin() + static_cast<std::ptrdiff_t>(count - count / 10);
    collection_.Upsert({points_.begin(), middle});
    collection_.Index();
    if (middle != points_.end()) collection_.Upsert({middle, points_.end()});
  }
  SearchRequest Request(PlanRequest plan, uint32_t limit = 10) {
    SearchRequest request;
    request.vector = query_;
    request.limit = limit;
    request.plan = std::move(plan);
    return request;
  }
  std::vector<PointId> Truth(size_t top) {
    std::vector<PointId> ids;
    for (const auto& hit : testing::OracleTop(Metric::kCosine, query_, vectors_, top)) {
      ids.push_back(hit.key);
    }
    return ids;
  }

  Random random_{42};
  TestCollection collection_{SearchedSpec()};
  std::vector<testing::NamedVector> points_;
  std::map<PointId, std::vector<float>> vectors_;
  std::vector<float> query_ = random_.GaussianVector(kDims);
};

TEST_F(SearchTest, AnEmptyCollectionHasNoHits) {
  for (const PlanRequest& plan : {PlanRequest(ExactRequest{}), PlanRequest(AdaptiveRequest{})}) {
    EXPECT_THAT(collection_.Search(Request(plan)).hits, IsEmpty());
  }
}

TEST_F(SearchTest, PagesOfAnExactSearchAreItsParts) {
  Fill(300);
  const std::vector<PointId> truth = Truth(40);
  std::vector<PointId> pages;
  for (uint32_t offset = 0; offset < 40; offset += 8) {
    SearchRequest request = Request(ExactRequest{}, 8);
    request.offset = offset;
    for (const PointId& id : IdsOf(collection_.Search(request))) pages.push_back(id);
  }
  EXPECT_EQ(pages, truth);
}

TEST_F(SearchTest, AnOffsetBehindTheLastPointGivesNothing) {
  Fill(20);
  SearchRequest request = Request(ExactRequest{});
  request.offset = 20;
  EXPECT_THAT(collection_.Search(request).hits, IsEmpty());
  request.offset = 15;
  EXPECT_THAT(collection_.Search(request).hits, SizeIs(5));
}

TEST_F(SearchTest, HitsBelowTheThresholdAreLeftOut) {
  Fill(300);
  SearchRequest request = Request(ExactRequest{}, 20);
  const SearchResult all = collection_.Search(request);
  request.score_threshold = static_cast<float>((all.hits[6].score + all.hits[7].score) / 2);
  EXPECT_THAT(collection_.Search(request).hits, SizeIs(7));
  request.score_threshold = 2;
  EXPECT_THAT(collection_.Search(request).hits, IsEmpty());
}

TEST_F(SearchTest, LikeAPointLeavesThePointItselfOut) {
  Fill(600);
  for (const uint64_t id : {0, 599}) {  // in a segment, in the delta
    query_ = vectors_[Id(id)];
    FunnelRequest narrow;
    narrow.shortlist_size = 10;
    for (const PlanRequest& plan :
         {PlanRequest(ExactRequest{}), PlanRequest(AdaptiveRequest{0.9f}), PlanRequest(narrow)}) {
      SearchRequest request = Request(plan);
      request.vector = {};
      request.like = Id(id);
      const std::vector<PointId> ids = IdsOf(collection_.Search(request));
      EXPECT_THAT(ids, SizeIs(10));
      EXPECT_THAT(ids, Not(Contains(Id(id))));
    }
  }
}

TEST_F(SearchTest, LikeAnUnknownPointIsNotFound) {
  Fill(20);
  SearchRequest request = Request(ExactRequest{});
  request.like = Id(20);
  const absl::Status status = testing::SearchOf(*collection_, request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("no point '20'"));
}

TEST_F(SearchTest, AViewThatIsBehindTheAskedForWriteIsOutOfRange) {
  Fill(20);
  const Sequence last = collection_->Stats().durable_sequence;
  SearchRequest request = Request(ExactRequest{});
  request.min_sequence = last;
  EXPECT_EQ(collection_.Search(request).sequence, last);
  request.min_sequence = NextSequence(last);
  EXPECT_EQ(testing::SearchOf(*collection_, request).status().code(),
            absl::StatusCode::kOutOfRange);
}

// Stops at the first look, the second, and so on, until a search gets through.
TEST_F(SearchTest, StopsWhereverItIsTold) {
  Fill(600);
  FunnelRequest funnel;
  funnel.shortlist_size = 100;
  funnel.stages = {{64, 50}};
  for (const PlanRequest& plan :
       {PlanRequest(ExactRequest{}), PlanRequest(AdaptiveRequest{0.9f}), PlanRequest(funnel)}) {
    int looks = 0;
    for (int allowed = 0; allowed < 100; ++allowed) {
      looks = 0;
      const auto result = testing::SearchOf(*collection_, Request(plan), [&] {
        return looks++ < allowed ? absl::OkStatus() : absl::CancelledError("enough");
      });
      if (result.ok()) break;
      EXPECT_EQ(result.status(), absl::CancelledError("enough"));
    }
    EXPECT_GE(looks, 3);
  }
}

TEST_F(SearchTest, AFilterThatNobodyWaitsForStops) {
  std::vector<testing::NamedVector> points;
  for (uint64_t id = 0; id < 600; ++id) points.push_back({Id(id), query_});
  collection_.Upsert(points);
  Filter filter;
  filter.kind = Filter::Kind::kCompare;
  filter.comparison = {"field", CompareOp::kExists, {}};
  SearchRequest request = Request(ExactRequest{});
  request.filter = &filter;
  for (const int looks : {0, 1, 2, 100}) {
    int left = looks;
    const auto stop = [&left] {
      return left-- > 0 ? absl::OkStatus() : absl::CancelledError("enough");
    };
    EXPECT_EQ(testing::SearchOf(*collection_, request, stop).status(),
              absl::CancelledError("enough"));
  }
}

TEST_F(SearchTest, WithoutTimeLeftStagesAreSkippedButScoresAreTheTrueOnes) {
  Fill(600);
  FunnelRequest funnel;
  funnel.shortlist_size = 400;
  funnel.stages = {{64, 300}, {kDims, 50}};
  collection_.tick = absl::Microseconds(1);
  FunnelRequest no_stages;
  no_stages.shortlist_size = 400;
  for (const PlanRequest& plan : {PlanRequest(no_stages), PlanRequest(funnel)}) {
    SearchRequest request = Request(plan);
    EXPECT_EQ(collection_.Search(request).shortfall, Shortfall::kNone);
    request.time_budget = absl::ZeroDuration();
    const SearchResult result = collection_.Search(request);
    EXPECT_EQ(result.shortfall, Shortfall::kTime);
    EXPECT_EQ(result.stop, StopReason::kTime);
    EXPECT_FALSE(result.certified);
    EXPECT_THAT(result.hits, SizeIs(10));
    for (const Hit& hit : result.hits) {
      EXPECT_NEAR(hit.score, testing::OracleScore(Metric::kCosine, query_, vectors_[hit.id]), 1e-9);
    }
  }
}

TEST_F(SearchTest, AnswersSayWhyTheyEnd) {
  Fill(600);
  const SearchResult exact = collection_.Search(Request(ExactRequest{}));
  EXPECT_EQ(exact.stop, StopReason::kEveryRow);
  EXPECT_TRUE(exact.certified);
  EXPECT_FALSE(exact.underfilled);
  FunnelRequest funnel;
  funnel.shortlist_size = 50;
  const SearchResult full = collection_.Search(Request(funnel));
  EXPECT_EQ(full.stop, StopReason::kSize);
  EXPECT_TRUE(full.certified);
  funnel.stages = {{64, 20}};
  EXPECT_FALSE(collection_.Search(Request(funnel)).certified) << "a stage left out what it may not";
  funnel.stages = {{64, 50}};
  const SearchResult whole = collection_.Search(Request(funnel));
  EXPECT_TRUE(whole.certified) << "the stage left nothing out";
  EXPECT_EQ(whole.stages.size(), full.stages.size()) << "and was not needed";
  funnel.stages = {};
  funnel.shortlist_size = 5000;
  EXPECT_EQ(collection_.Search(Request(funnel)).stop, StopReason::kIndexDone);
  const EffortRequest effort{{.size = 600, .ef = 600, .nprobe = 1, .margin = {10, 0}}};
  EXPECT_EQ(collection_.Search(Request(effort)).stop, StopReason::kMargin);
}

// Neighbours that are as good as each other within what a code may be off, and too few of them are
// read.
TEST_F(SearchTest, WhatIsNotReadIsNotCertified) {
  std::vector<testing::NamedVector> points;
  for (uint64_t id = 0; id < 200; ++id) points.push_back({Id(id), query_});
  collection_.Upsert(points);
  collection_.Index();
  FunnelRequest funnel;
  funnel.shortlist_size = 150;
  funnel.stages = {{kDims, 12}};
  EXPECT_FALSE(collection_.Search(Request(funnel)).certified);
  funnel.stages = {{kDims, 150}};
  EXPECT_TRUE(collection_.Search(Request(funnel)).certified);
}

TEST_F(SearchTest, WhatWaitingTookIsNotThereForTheSearch) {
  Fill(600);
  FunnelRequest funnel;
  funnel.shortlist_size = 400;
  SearchRequest request = Request(funnel);
  request.time_budget = absl::Seconds(1);
  EXPECT_EQ(collection_.Search(request).shortfall, Shortfall::kNone);
  request.waited = absl::Seconds(2);
  EXPECT_EQ(collection_.Search(request).shortfall, Shortfall::kLoad);
  request.waited = absl::ZeroDuration();
  request.time_budget = absl::ZeroDuration();
  collection_.tick = absl::Microseconds(1);
  EXPECT_EQ(collection_.Search(request).shortfall, Shortfall::kTime);
}

TEST_F(SearchTest, AQueryWithoutAPrefixIsAnsweredExactly) {
  Fill(600);
  std::fill(query_.begin(), query_.begin() + 64, 0.0f);
  FunnelRequest funnel;
  funnel.shortlist_size = 20;
  funnel.stages = {{kDims, 10}};
  for (const PlanRequest& plan : {PlanRequest(AdaptiveRequest{0.9f}), PlanRequest(funnel)}) {
    const SearchResult result = collection_.Search(Request(plan));
    EXPECT_TRUE(result.exact);
    EXPECT_EQ(IdsOf(result), Truth(10));
  }
}

TEST_F(SearchTest, AVectorWithoutAPrefixIsFoundByEveryPlan) {
  Fill(600);
  std::vector<float> hidden(kDims, 0);
  std::copy(query_.begin() + 64, query_.end(), hidden.begin() + 64);
  collection_.Upsert({{PointId::FromString("hidden"), hidden}});
  FunnelRequest funnel;
  funnel.shortlist_size = 20;
  for (int round = 0; round < 3; ++round) {  // in the delta, in a flat segment, in a graph
    if (round == 1) collection_.Seal();
    if (round == 2) collection_.Index();
    for (const PlanRequest& plan :
         {PlanRequest(ExactRequest{}), PlanRequest(AdaptiveRequest{0.5f}), PlanRequest(funnel)}) {
      EXPECT_EQ(IdsOf(collection_.Search(Request(plan)))[0], PointId::FromString("hidden"));
    }
  }
}

TEST_F(SearchTest, EqualScoresAreOrderedById) {
  const std::vector<float> vector = random_.GaussianVector(kDims);
  for (const uint64_t id : {9, 3, 7, 1}) collection_.Upsert({{Id(id), vector}});
  collection_.Index();
  for (const uint64_t id : {8, 2}) collection_.Upsert({{Id(id), vector}});
  collection_.Upsert({{PointId::FromString("1"), vector}});
  EXPECT_THAT(IdsOf(collection_.Search(Request(ExactRequest{}, 6))),
              ElementsAre(Id(1), Id(2), Id(3), Id(7), Id(8), Id(9)));
}

TEST_F(SearchTest, ReturnsWhatIsSelected) {
  Fill(20);
  SearchRequest request = Request(ExactRequest{}, 3);
  for (const Hit& hit : collection_.Search(request).hits) {
    EXPECT_EQ(hit.payload, "");
    EXPECT_THAT(hit.vector, IsEmpty());
  }
  request.select = {.payload = true, .vector = true, .vector_dims = 64};
  for (const Hit& hit : collection_.Search(request).hits) {
    EXPECT_EQ(hit.payload, "payload");
    ASSERT_THAT(hit.vector, SizeIs(64));
    EXPECT_NEAR(testing::OracleNorm(hit.vector), 1, 1e-6);
    EXPECT_NEAR(testing::OracleScore(Metric::kCosine, hit.vector, vectors_[hit.id], 64), 1, 1e-6);
  }
}

TEST_F(SearchTest, TellsWhatItDid) {
  Fill(600);
  FunnelRequest funnel;
  funnel.shortlist_size = 100;
  funnel.stages = {{64, 50}};
  const SearchResult result = collection_.Search(Request(funnel));
  std::vector<std::string> stages;
  for (const StageStats& stage : result.stages) stages.push_back(stage.name);
  EXPECT_THAT(stages, ElementsAre("shortlist", "rerank", "rerank", "delta", "exact"));
  EXPECT_EQ(result.stages[0].candidates_out, 100u);
  EXPECT_EQ(result.stages[1].candidates_out, 50u);
  EXPECT_EQ(result.stages[1].dims, 64u);
  EXPECT_EQ(result.stages[2].dims, kDims);
  EXPECT_THAT(result.plan, HasSubstr("shortlist 100"));
}

TEST_F(SearchTest, TheSameViewAndPlanGiveTheSameAnswer) {
  Fill(600);
  const SearchRequest request = Request(AdaptiveRequest{0.5f});
  const std::vector<PointId> first = IdsOf(collection_.Search(request));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(IdsOf(collection_.Search(request)), first);
}

// Vectors as small as float32 has them have a direction too.
TEST_F(SearchTest, TinyVectorsAreComparedByTheirDirection) {
  for (uint64_t id = 0; id < 50; ++id) {
    vectors_[Id(id)] = random_.GaussianVector(kDims, id % 2 == 0 ? 1e-38 : 1e-30);
    collection_.Upsert({{Id(id), vectors_[Id(id)]}});
    if (id == 25) collection_.Index();
  }
  EXPECT_EQ(IdsOf(collection_.Search(Request(ExactRequest{}, 5))), Truth(5));
}

TEST(SelectPrefixTest, RenormalisesACosinePrefixOnly) {
  const std::vector<float> vector = {3, 4, 12};
  EXPECT_EQ(SelectPrefix(Metric::kCosine, vector, 0), vector);
  EXPECT_EQ(SelectPrefix(Metric::kCosine, vector, 3), vector);
  EXPECT_THAT(SelectPrefix(Metric::kCosine, vector, 2),
              ElementsAre(::testing::FloatEq(0.6f), ::testing::FloatEq(0.8f)));
  EXPECT_THAT(SelectPrefix(Metric::kDot, vector, 2), ElementsAre(3, 4));
  EXPECT_THAT(SelectPrefix(Metric::kL2, vector, 2), ElementsAre(3, 4));
}

}  // namespace
}  // namespace nestor
