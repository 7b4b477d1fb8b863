#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/collection.h"
#include "engine/search.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/random_vectors.h"

// Searches that are answered together, and what each of them would be answered alone.

namespace nestor {
namespace {

using testing::Id;
using testing::IdsOf;
using testing::NeverStop;
using testing::Random;
using testing::SearchOf;
using testing::TestCollection;
using testing::ValueOf;

constexpr uint32_t kBatchDims = 128;

struct BatchCase {
  IndexKind index;
  Metric metric;
  TierKind tier;
};

class SearchBatchTest : public ::testing::TestWithParam<BatchCase> {
 protected:
  SearchBatchTest() {
    for (const auto& vector : testing::ClusteredVectors(3000, kBatchDims, 30, 1)) {
      points_.push_back({Id(points_.size()), vector});
    }
    // Without a prefix: rows that no shortlist finds.
    for (uint64_t id = 40; id < 45; ++id) {
      std::fill(points_[id].vector.begin(), points_[id].vector.begin() + 64, 0.0f);
    }
    collection_.Upsert({points_.begin(), points_.begin() + 2000});
    collection_.Index();
    collection_.Upsert({points_.begin() + 2000, points_.begin() + 2900});
    collection_.Seal();
    collection_.Upsert({points_.begin() + 2900, points_.end()});
    for (uint64_t id = 100; id < 3000; id += 7) collection_.Delete({Id(id)});
    queries_ = testing::ClusteredVectors(2 * kMostTogether + 3, kBatchDims, 30, 2);
    // Without a prefix: a scan, among shortlists.
    if (GetParam().metric != Metric::kL2) {
      std::fill(queries_[5].begin(), queries_[5].begin() + 64, 0.0f);
    }
  }

  static CollectionSpec Spec() {
    CollectionSpec spec;
    spec.dims = kBatchDims;
    spec.prefix_dims = 64;
    spec.index_kind = GetParam().index;
    spec.metric = GetParam().metric;
    spec.rerank_tier = GetParam().tier;
    return spec;
  }

  std::vector<SearchResult> Batch(const SearchRequest& common) {
    std::vector<absl::Span<const float>> queries(queries_.begin(), queries_.end());
    std::vector<SearchResult> results;
    EXPECT_TRUE(collection_
                    ->SearchBatch(common, queries, NeverStop,
                                  [&](size_t query, const SearchResult& result) {
                                    EXPECT_EQ(query, results.size());
                                    results.push_back(result);
                                    return absl::OkStatus();
                                  })
                    .ok());
    return results;
  }

  std::vector<testing::NamedVector> points_;
  TestCollection collection_{Spec()};
  std::vector<std::vector<float>> queries_;
};

void ExpectSame(const SearchResult& together, const SearchResult& alone) {
  ASSERT_EQ(IdsOf(together), IdsOf(alone));
  for (size_t i = 0; i < alone.hits.size(); ++i) {
    EXPECT_EQ(together.hits[i].score, alone.hits[i].score);
    EXPECT_EQ(together.hits[i].version, alone.hits[i].version);
  }
  EXPECT_EQ(together.exact, alone.exact);
  EXPECT_EQ(together.plan, alone.plan);
  EXPECT_EQ(together.sequence, alone.sequence);
  ASSERT_EQ(together.stages.size(), alone.stages.size());
  for (size_t i = 0; i < alone.stages.size(); ++i) {
    EXPECT_EQ(together.stages[i].name, alone.stages[i].name);
    EXPECT_EQ(together.stages[i].candidates_in, alone.stages[i].candidates_in);
    EXPECT_EQ(together.stages[i].candidates_out, alone.stages[i].candidates_out);
    EXPECT_EQ(together.stages[i].bytes_read, alone.stages[i].bytes_read);
  }
}

TEST_P(SearchBatchTest, EachIsAnsweredAsItWouldBeAlone) {
  FunnelRequest funnel;
  funnel.shortlist_size = 60;
  funnel.nprobe = 7;
  funnel.stages = {{64, 30}};
  SearchRequest common;
  common.offset = 2;
  for (const PlanRequest& plan :
       {PlanRequest(AdaptiveRequest{0.5f}), PlanRequest(funnel), PlanRequest(ExactRequest{})}) {
    common.plan = plan;
    const std::vector<SearchResult> results = Batch(common);
    ASSERT_EQ(results.size(), queries_.size());
    for (size_t i = 0; i < queries_.size(); ++i) {
      SearchRequest request = common;
      request.vector = queries_[i];
      ExpectSame(results[i], ValueOf(SearchOf(*collection_, request)));
    }
  }
}

TEST_P(SearchBatchTest, EachHasAnEndOfItsOwn) {
  const std::vector<float>& vector = queries_[0];
  std::vector<SearchRequest> requests(6);
  for (SearchRequest& request : requests) request.plan = FunnelRequest{50, 0, 0, {}};
  for (SearchRequest& request : requests) request.vector = vector;
  requests[1].vector = {};
  requests[1].like = Id(1);
  requests[2].vector = {};
  requests[2].like = Id(1'000'000);
  requests[3].min_sequence = NextSequence(collection_->view()->sequence);
  requests[5].limit = 3;
  requests[5].plan = ExactRequest{};
  const auto enough = [] { return absl::CancelledError("enough"); };
  const StopCheck never_stop = NeverStop, stop = enough;

  std::vector<SearchResult> results(requests.size());
  std::vector<SearchTask> tasks;
  for (size_t i = 0; i < requests.size(); ++i) {
    tasks.push_back({&requests[i], i == 4 ? stop : never_stop, &results[i], absl::OkStatus()});
  }
  const std::shared_ptr<const View> view = collection_->view();
  const Clock clock = [] { return absl::Time(); };
  const LeftOut left_out =
      ValueOf(FindLeftOut(*view, collection_->spec(), nullptr, NeverStop, clock));
  SearchTogether(*view, collection_->spec(), left_out, clock, absl::MakeSpan(tasks),
                 std::pmr::get_default_resource());

  for (const size_t i : {0, 1, 5}) {
    ASSERT_TRUE(tasks[i].status.ok()) << i << ": " << tasks[i].status;
    ExpectSame(results[i], ValueOf(SearchOf(*collection_, requests[i])));
  }
  EXPECT_THAT(IdsOf(results[1]), ::testing::Not(::testing::Contains(Id(1))));
  EXPECT_TRUE(absl::IsNotFound(tasks[2].status)) << tasks[2].status;
  EXPECT_TRUE(absl::IsOutOfRange(tasks[3].status)) << tasks[3].status;
  EXPECT_EQ(tasks[4].status, absl::CancelledError("enough"));
}

TEST_P(SearchBatchTest, TheTimeOfABatchIsThatOfAllItsQueries) {
  collection_.tick = absl::Microseconds(1);
  SearchRequest common;
  common.plan = FunnelRequest{50, 0, 0, {{64, 30}}};
  // What one of them takes alone, by this clock.
  common.vector = queries_[0];
  common.time_budget = absl::Microseconds(50);
  ASSERT_EQ(ValueOf(SearchOf(*collection_, common)).shortfall, Shortfall::kNone);
  for (const SearchResult& result : Batch(common)) {
    EXPECT_EQ(result.shortfall, Shortfall::kNone);
  }
  common.time_budget = absl::ZeroDuration();
  size_t hit = 0;
  for (const SearchResult& result : Batch(common)) {
    hit += result.shortfall == Shortfall::kTime ? 1 : 0;
  }
  EXPECT_GE(hit, queries_.size() - 1);  // a scan has no stages to skip
}

INSTANTIATE_TEST_SUITE_P(
    All, SearchBatchTest,
    ::testing::Values(BatchCase{IndexKind::kFlat, Metric::kCosine, TierKind::kInt8},
                      BatchCase{IndexKind::kHnsw, Metric::kCosine, TierKind::kInt8},
                      BatchCase{IndexKind::kIvf, Metric::kCosine, TierKind::kInt8},
                      BatchCase{IndexKind::kHnsw, Metric::kL2, TierKind::kFloat32},
                      BatchCase{IndexKind::kIvf, Metric::kDot, TierKind::kFloat32},
                      BatchCase{IndexKind::kIvf, Metric::kL2, TierKind::kInt8}),
    [](const auto& info) {
      return absl::StrCat(testing::NameOf(info.param.index), MetricName(info.param.metric),
                          info.param.tier == TierKind::kInt8 ? "int8" : "float32");
    });

}  // namespace
}  // namespace nestor
