// What searches allocate.

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/collection.h"
#include "gtest/gtest.h"
#include "tests/engine/counted_allocations.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/random_vectors.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

using testing::Id;
using testing::Random;
using testing::TempDir;
using testing::TestCollection;
using testing::ValueOf;

constexpr uint32_t kAllocDims = 128;
constexpr uint64_t kAllocRows = 3000;

class SearchAllocationsTest
    : public ::testing::TestWithParam<std::tuple<IndexKind, Metric, Transform>> {
 protected:
  SearchAllocationsTest() {
    collection_.files = files_.get();
    collection_.Reopen();
    Random random(1);
    std::vector<testing::NamedVector> points;
    for (uint64_t id = 0; id < kAllocRows; ++id) {
      points.push_back({Id(id), random.GaussianVector(kAllocDims)});
    }
    collection_.Upsert(points);
    collection_.Index();
    EXPECT_EQ(collection_->Stats().prefix_code.learnt, Spec().transform == Transform::kPca);
    for (int i = 0; i < 20; ++i) queries_.push_back(random.GaussianVector(kAllocDims));
  }

  static CollectionSpec Spec() {
    CollectionSpec spec;
    spec.dims = kAllocDims;
    spec.index_kind = std::get<0>(GetParam());
    spec.metric = std::get<1>(GetParam());
    spec.transform = std::get<2>(GetParam());
    return spec;
  }

  // By a search for each query.
  size_t Allocations(const PlanRequest& plan, bool estimated_scores) {
    for (const std::vector<float>& query : queries_) {
      SearchRequest request;
      request.vector = query;
      request.limit = 10;
      request.plan = plan;
      request.estimated_scores = estimated_scores;
      const size_t setting_up =
          testing::AllocationsOfThread();  // the stages of a plan are a vector
      EXPECT_TRUE(collection_->Search(request, testing::NeverStop, &result_).ok());
      searching_ += testing::AllocationsOfThread() - setting_up;
      EXPECT_EQ(result_.hits.size(), 10u);
    }
    return std::exchange(searching_, 0);
  }

  const TempDir directory_;
  const std::unique_ptr<CheckedFiles> files_ =
      ValueOf(CheckedFiles::Open(directory_.Join("segments")));
  TestCollection collection_{Spec()};
  std::vector<std::vector<float>> queries_;
  SearchResult result_;
  size_t searching_ = 0;
};

TEST_P(SearchAllocationsTest, ASearchLikeThoseBeforeItAllocatesNothing) {
  FunnelRequest funnel;
  funnel.shortlist_size = 100;
  funnel.stages = {{64, 50}};
  const PlanRequest plans[] = {AdaptiveRequest{0.9f}, funnel, ExactRequest{}};
  for (size_t i = 0; i < std::size(plans); ++i) {
    for (const bool estimated_scores : {false, true}) {
      const size_t first = Allocations(plans[i], estimated_scores);
      if (i == 0 && !estimated_scores) {
        EXPECT_GT(first, 0u) << "the counter does not count";
      }
      EXPECT_EQ(Allocations(plans[i], estimated_scores), 0u) << "plan " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, SearchAllocationsTest,
    ::testing::Combine(::testing::Values(IndexKind::kFlat, IndexKind::kHnsw, IndexKind::kIvf),
                       ::testing::Values(Metric::kCosine, Metric::kDot, Metric::kL2),
                       ::testing::Values(Transform::kNone, Transform::kPca)),
    [](const auto& info) {
      return absl::StrCat(testing::NameOf(std::get<0>(info.param)),
                          MetricName(std::get<1>(info.param)),
                          std::get<2>(info.param) == Transform::kPca ? "Pca" : "");
    });

}  // namespace
}  // namespace nestor
