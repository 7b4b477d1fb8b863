// Searches whose filter leaves out what is near the query, so that nothing that was measured of
// others says what they find.

#include <algorithm>
#include <memory>
#include <vector>

#include "engine/filter.h"
#include "engine/prefix_choice.h"
#include "engine/search.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

using ::testing::HasSubstr;
using testing::Id;
using testing::IdsOf;
using testing::NeverStop;
using ::testing::Not;
using testing::TestCollection;
using testing::ValueOf;

constexpr uint32_t kCutOffDims = 32;

class CutOffTest : public ::testing::TestWithParam<IndexKind> {
 protected:
  CutOffTest() {
    std::vector<std::vector<float>> vectors = testing::ClusteredVectors(2040, kCutOffDims, 20, 1);
    queries_.assign(vectors.end() - 40, vectors.end());
    vectors.resize(2000);
    std::vector<testing::NamedVector> points;
    for (uint64_t id = 0; id < vectors.size(); ++id) points.push_back({Id(id), vectors[id]});
    collection_.Upsert({points.begin(), points.begin() + 1800});
    collection_.Index();
    collection_.Upsert({points.begin() + 1800, points.begin() + 1900});
    collection_.Seal();
    collection_.Upsert({points.begin() + 1900, points.end()});
    TakeView();
  }

  // As the collection is now.
  void TakeView() {
    view_ = std::make_shared<View>(*collection_->view());
    view_->calibration = Calibrated();
  }

  static CollectionSpec Spec() {
    CollectionSpec spec;
    spec.name = "docs";
    spec.dims = kCutOffDims;
    spec.prefix_dims = 16;
    spec.prefix_bits = 4;
    spec.index_kind = GetParam();
    return spec;
  }

  // .9 by a shortlist in 10 us, everything in 900.
  std::shared_ptr<const Calibration> Calibrated() {
    const CalibratedPlan shortlist = {.effort = {.size = 60, .ef = 60, .nprobe = 8},
                                      .recall = 0.91,
                                      .promised = 0.9,
                                      .cost = absl::Microseconds(10)};
    const CalibratedPlan exact = {
        .exact = true, .recall = 1, .promised = 1, .cost = absl::Microseconds(900)};
    Calibration calibration;
    calibration.format = CurrentCoder(collection_->spec(), *view_)->format();
    for (const double share : {1.0, 0.5}) {
      calibration.tables.push_back(
          {.share = share, .top = 10, .queries = 500, .plans = {shortlist, exact}});
    }
    return std::make_shared<const Calibration>(std::move(calibration));
  }

  std::vector<PointId> NearestFirst(size_t number) {
    SearchRequest request = Request(number, ExactRequest{});
    request.limit = 2000;
    return IdsOf(collection_.Search(request));
  }

  // Keeps all but the 500 nearest of query `number`.
  Filter Far(size_t number) {
    const std::vector<PointId> order = NearestFirst(number);
    Filter filter;
    filter.kind = Filter::Kind::kHasId;
    filter.ids.assign(order.begin() + 500, order.end());
    PrepareFilter(&filter);
    return filter;
  }

  std::vector<SearchResult> Search(const std::vector<SearchRequest>& requests,
                                   const Filter* filter) {
    const ResolvedSpec& spec = collection_->spec();
    const LeftOut left_out =
        ValueOf(FindLeftOut(*view_, spec, filter, NeverStop, collection_.clock));
    std::vector<SearchResult> results(requests.size());
    std::vector<SearchTask> tasks;
    for (size_t i = 0; i < requests.size(); ++i) {
      tasks.push_back({&requests[i], NeverStop, &results[i], absl::OkStatus()});
    }
    SearchTogether(*view_, spec, left_out, collection_.clock, absl::MakeSpan(tasks),
                   std::pmr::get_default_resource());
    for (const SearchTask& task : tasks) EXPECT_EQ(task.status, absl::OkStatus());
    return results;
  }
  SearchResult Search(size_t query, const PlanRequest& plan, const Filter& filter) {
    return Search({Request(query, plan)}, &filter)[0];
  }
  SearchRequest Request(size_t query, const PlanRequest& plan) const {
    SearchRequest request;
    request.vector = queries_[query];
    request.plan = plan;
    return request;
  }

  TestCollection collection_{Spec()};
  std::vector<std::vector<float>> queries_;
  std::shared_ptr<View> view_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, CutOffTest, ::testing::Values(IndexKind::kHnsw, IndexKind::kIvf),
                         [](const auto& test) { return testing::NameOf(test.param); });

TEST_P(CutOffTest, ARecallThatWasAskedForIsFoundByAScan) {
  size_t by_shortlist = 0;
  for (size_t i = 0; i < queries_.size(); ++i) {
    const Filter filter = Far(i);
    const SearchResult adaptive = Search(i, AdaptiveRequest{0.9f}, filter);
    const std::vector<PointId> exact = IdsOf(Search(i, ExactRequest{}, filter));
    EXPECT_TRUE(adaptive.exact);
    EXPECT_EQ(adaptive.estimated_recall, 1);
    EXPECT_EQ(adaptive.shortfall, Shortfall::kNone);
    EXPECT_EQ(adaptive.stop, StopReason::kEveryRow);
    EXPECT_THAT(adaptive.plan, HasSubstr("what is near is left out -> scan"));
    EXPECT_EQ(IdsOf(adaptive), exact);

    const EffortRequest effort{{.size = 60, .ef = 60, .nprobe = 8}};
    const SearchResult by_hand = Search(i, effort, filter);
    EXPECT_FALSE(by_hand.exact) << "nobody asked for a recall";
    by_shortlist += IdsOf(by_hand) == exact ? 1 : 0;
  }
  EXPECT_LT(by_shortlist, queries_.size() / 2) << "the scans find no more than the shortlist";
}

TEST_P(CutOffTest, WithoutTimeForAScanNoRecallIsEstimated) {
  const Filter filter = Far(0);
  SearchRequest request = Request(0, AdaptiveRequest{0.9f});
  request.time_budget = absl::Microseconds(100);
  const SearchResult result = Search({request}, &filter)[0];
  EXPECT_FALSE(result.exact);
  EXPECT_EQ(result.hits.size(), 10u);
  EXPECT_EQ(result.estimated_recall, std::nullopt);
  EXPECT_THAT(result.plan, Not(HasSubstr("calibrated")));
  EXPECT_EQ(result.shortfall, Shortfall::kTime);
  EXPECT_EQ(result.stop, StopReason::kTime);

  request.time_budget = absl::Milliseconds(5);
  EXPECT_TRUE(Search({request}, &filter)[0].exact);
  request.waited = absl::Milliseconds(4);
  EXPECT_EQ(Search({request}, &filter)[0].shortfall, Shortfall::kLoad);
  EXPECT_EQ(Search({request}, nullptr)[0].shortfall, Shortfall::kNone);
}

// Points that are gone leave holes until segments merge, and are no reason for a scan.
TEST_P(CutOffTest, IsNotWhatDeletingIs) {
  const std::vector<PointId> order = NearestFirst(0);
  collection_.Delete({order.begin(), order.begin() + 300});
  TakeView();
  const SearchResult result = Search({Request(0, AdaptiveRequest{0.9f})}, nullptr)[0];
  EXPECT_FALSE(result.exact);
  EXPECT_EQ(result.estimated_recall, 0.91);
  EXPECT_EQ(result.shortfall, Shortfall::kNone);

  // Nor are they if there is a filter which leaves nothing out.
  Filter all;
  all.kind = Filter::Kind::kHasId;
  for (uint64_t id = 0; id < 2000; ++id) all.ids.push_back(Id(id));
  PrepareFilter(&all);
  const SearchResult filtered = Search(0, AdaptiveRequest{0.9f}, all);
  EXPECT_FALSE(filtered.exact);
  EXPECT_EQ(filtered.estimated_recall, 0.91);
  EXPECT_EQ(filtered.shortfall, Shortfall::kNone);
}

// What has expired and was not marked yet is left out by nobody's filter: of such a search tells
// what was measured without one.
TEST_P(CutOffTest, IsNotWhatExpiringIs) {
  collection_.Upsert({{Id(7), queries_[1], "", collection_.now + absl::Seconds(1)}});
  collection_.Seal();
  TakeView();
  Calibration without_filters = *view_->calibration;
  without_filters.tables.resize(1);
  view_->calibration = std::make_shared<const Calibration>(std::move(without_filters));
  collection_.now += absl::Seconds(1);
  const SearchResult result = Search({Request(0, AdaptiveRequest{0.9f})}, nullptr)[0];
  EXPECT_FALSE(result.exact);
  EXPECT_EQ(result.estimated_recall, 0.91);
}

// Each of them has the time for its own part of what they do, and none for all of it.
TEST_P(CutOffTest, SearchesThatAreAnsweredTogetherPlanForTheirOwnTime) {
  const std::vector<SearchRequest> one = {Request(0, AdaptiveRequest{0.99f})};
  std::vector<SearchRequest> requests(kMostTogether, one[0]);
  for (SearchRequest& request : requests) request.time_budget = absl::Microseconds(1799);
  for (const SearchResult& result : Search(requests, nullptr)) {
    EXPECT_FALSE(result.exact) << "a scan takes 900 us, and has to fit twice";
    EXPECT_EQ(result.shortfall, Shortfall::kTime);
    EXPECT_EQ(result.estimated_recall, 0.91);
  }
  for (SearchRequest& request : requests) request.time_budget = absl::Microseconds(1800);
  for (const SearchResult& result : Search(requests, nullptr)) EXPECT_TRUE(result.exact);
}

// Of searches that are answered together, only those that need it are scans.
TEST_P(CutOffTest, IsOfOneSearchAndNotOfThoseBesideIt) {
  const Filter filter = Far(0);
  std::vector<SearchRequest> requests;
  for (size_t i = 0; i < kMostTogether; ++i) requests.push_back(Request(i, AdaptiveRequest{0.9f}));
  const std::vector<SearchResult> together = Search(requests, &filter);
  size_t scans = 0;
  for (size_t i = 0; i < kMostTogether; ++i) {
    const SearchResult alone = Search(i, AdaptiveRequest{0.9f}, filter);
    EXPECT_EQ(together[i].exact, alone.exact) << i;
    EXPECT_EQ(together[i].estimated_recall, alone.estimated_recall) << i;
    EXPECT_EQ(IdsOf(together[i]), IdsOf(alone)) << i;
    scans += alone.exact ? 1 : 0;
  }
  EXPECT_TRUE(together[0].exact);
  EXPECT_LT(scans, kMostTogether / 2);
}

TEST_P(CutOffTest, IsNotWhatAFilterByChanceIs) {
  testing::Random random(3);
  for (const size_t one_in : {3, 4}) {
    Filter filter;
    filter.kind = Filter::Kind::kHasId;
    for (uint64_t id = 0; id < 2000; ++id) {
      if (!random.OneIn(one_in)) filter.ids.push_back(Id(id));
    }
    PrepareFilter(&filter);
    for (size_t i = 0; i < queries_.size(); ++i) {
      const SearchResult result = Search(i, AdaptiveRequest{0.9f}, filter);
      EXPECT_FALSE(result.exact) << i;
      EXPECT_EQ(result.estimated_recall, 0.91) << i;
    }
  }
}

}  // namespace
}  // namespace nestor
