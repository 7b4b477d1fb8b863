// Searches whose scores need not be exact.

#include <cmath>
#include <memory>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/metric.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/oracle.h"
#include "tests/testing/random_vectors.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

using testing::Id;
using testing::IdsOf;
using testing::Random;
using ::testing::SizeIs;
using testing::TempDir;
using testing::TestCollection;
using ::testing::UnorderedElementsAreArray;
using testing::ValueOf;

constexpr uint32_t kEstimatedDims = 192;
constexpr uint64_t kEstimatedRows = 700;

uint64_t ExactBytes(const SearchResult& result) {
  for (const StageStats& stage : result.stages) {
    if (stage.name == "exact") return stage.bytes_read;
  }
  ADD_FAILURE() << "no exact stage";
  return 0;
}

// Most points are in a segment with a file, the rest in the delta.
class EstimatedScoresTest : public ::testing::TestWithParam<std::tuple<Metric, TierKind>> {
 protected:
  EstimatedScoresTest() {
    collection_.files = files_.get();
    collection_.Reopen();
    Random random(7);
    for (uint64_t id = 0; id < kEstimatedRows; ++id) {
      points_.push_back({Id(id), random.GaussianVector(kEstimatedDims)});
    }
    collection_.Upsert({points_.begin(), points_.end() - 50});
    collection_.Index();
    collection_.Upsert({points_.end() - 50, points_.end()});
    for (int i = 0; i < 30; ++i) queries_.push_back(random.GaussianVector(kEstimatedDims));
  }
  static CollectionSpec Spec() {
    CollectionSpec spec;
    spec.dims = kEstimatedDims;
    spec.metric = std::get<0>(GetParam());
    spec.rerank_tier = std::get<1>(GetParam());
    return spec;
  }
  SearchResult Search(const std::vector<float>& query, const PlanRequest& plan, bool estimated,
                      uint32_t limit = 10) {
    SearchRequest request;
    request.vector = query;
    request.limit = limit;
    request.plan = plan;
    request.estimated_scores = estimated;
    return collection_.Search(request);
  }

  const TempDir directory_;
  const std::unique_ptr<CheckedFiles> files_ =
      ValueOf(CheckedFiles::Open(directory_.Join("segments")));
  TestCollection collection_{Spec()};
  std::vector<testing::NamedVector> points_;
  std::vector<std::vector<float>> queries_;
};

INSTANTIATE_TEST_SUITE_P(All, EstimatedScoresTest,
                         ::testing::Combine(::testing::Values(Metric::kCosine, Metric::kDot,
                                                              Metric::kL2),
                                            ::testing::Values(TierKind::kInt8, TierKind::kFloat32)),
                         [](const auto& info) {
                           const bool int8 = std::get<1>(info.param) == TierKind::kInt8;
                           return absl::StrCat(MetricName(std::get<0>(info.param)),
                                               int8 ? "Int8" : "Float32");
                         });

TEST_P(EstimatedScoresTest, TheHitsAreThoseOfAnExactStage) {
  FunnelRequest funnel;
  funnel.shortlist_size = 100;
  FunnelRequest staged = funnel;
  staged.stages = {{64, 40}};
  for (const PlanRequest& plan :
       {PlanRequest(funnel), PlanRequest(staged), PlanRequest(AdaptiveRequest{0.9f}),
        PlanRequest(ExactRequest{})}) {
    for (const std::vector<float>& query : queries_) {
      const SearchResult exact = Search(query, plan, false);
      const SearchResult estimated = Search(query, plan, true);
      EXPECT_THAT(IdsOf(estimated), UnorderedElementsAreArray(IdsOf(exact)));
      EXPECT_EQ(estimated.certified, exact.certified);
      EXPECT_LE(ExactBytes(estimated), ExactBytes(exact));
    }
  }
}

TEST_P(EstimatedScoresTest, ScoresAreNearTheTrueOnesAndInTheirOrder) {
  FunnelRequest funnel;
  funnel.shortlist_size = 100;
  bool any_is_off = false;
  for (const std::vector<float>& query : queries_) {
    const SearchResult found = Search(query, funnel, true);
    ASSERT_THAT(found.hits, SizeIs(10));
    for (size_t i = 0; i < found.hits.size(); ++i) {
      const Hit& hit = found.hits[i];
      const double truth =
          testing::OracleScore(std::get<0>(GetParam()), query, points_[hit.id.number()].vector);
      const double scale = std::get<0>(GetParam()) == Metric::kCosine ? 1 : 192;
      EXPECT_NEAR(hit.score, truth, 0.002 * scale);
      any_is_off = any_is_off || std::abs(hit.score - truth) > 1e-9 * scale;
      EXPECT_EQ(hit.distance, DistanceFromScore(std::get<0>(GetParam()), hit.score));
      EXPECT_GT(ToNumber(hit.version), 0u);
      if (i > 0) {
        EXPECT_GE(found.hits[i - 1].score, hit.score);
      }
    }
  }
  EXPECT_TRUE(any_is_off) << "these are exact";
}

TEST_P(EstimatedScoresTest, VectorsAreReadOfThoseThatCodesCannotTellApart) {
  FunnelRequest funnel;
  funnel.shortlist_size = 100;
  uint64_t exact = 0, estimated = 0;
  for (const std::vector<float>& query : queries_) {
    exact += ExactBytes(Search(query, funnel, false));
    estimated += ExactBytes(Search(query, funnel, true));
  }
  EXPECT_GE(exact, queries_.size() * 10 * kEstimatedDims * sizeof(float));
  // Of distances only certain bounds are known, which are wide.
  const bool wide = std::get<0>(GetParam()) == Metric::kL2 && Spec().rerank_tier == TierKind::kInt8;
  EXPECT_LT(estimated, wide ? exact : exact / 2);
  // As many as there are points: nothing is left to tell apart.
  EXPECT_EQ(ExactBytes(Search(queries_[0], ExactRequest{}, true, kEstimatedRows)), 0u);
}

// Without a delta what a scan brings is what may be among the hits.
TEST_P(EstimatedScoresTest, AnExactSearchIsCertified) {
  collection_.Index();
  for (const uint32_t limit : {1u, 10u, uint32_t{kEstimatedRows}}) {
    EXPECT_TRUE(Search(queries_[0], ExactRequest{}, false, limit).certified);
    EXPECT_TRUE(Search(queries_[0], ExactRequest{}, true, limit).certified);
  }
}

TEST_P(EstimatedScoresTest, NoCosineIsBeyondOne) {
  if (std::get<0>(GetParam()) != Metric::kCosine) return;
  for (const testing::NamedVector& point : points_) {
    const SearchResult found = Search(point.vector, FunnelRequest{20, 0, 0, {}}, true, 1);
    ASSERT_THAT(IdsOf(found), ::testing::ElementsAre(point.id));
    EXPECT_LE(found.hits[0].score, 1);
    EXPECT_GT(found.hits[0].score, 0.997);
  }
}

// The point itself, twice, and near copies of it: codes cannot tell which of them are best.
TEST_P(EstimatedScoresTest, WhatOnlyVectorsTellApartIsTold) {
  std::vector<testing::NamedVector> copies;
  for (uint64_t i = 0; i < 40; ++i) {
    std::vector<float> copy = queries_[0];
    copy[i] += 0.001F * static_cast<float>(i);
    copies.push_back({Id(1000 + i), copy});
  }
  collection_.Upsert(copies);
  collection_.Index();
  FunnelRequest funnel;
  funnel.shortlist_size = 100;
  for (const uint32_t limit : {1, 5, 10, 39, 40, 41}) {
    EXPECT_THAT(IdsOf(Search(queries_[0], funnel, true, limit)),
                UnorderedElementsAreArray(IdsOf(Search(queries_[0], funnel, false, limit))));
  }
}

TEST_P(EstimatedScoresTest, AThresholdIsComparedWithThem) {
  FunnelRequest funnel;
  funnel.shortlist_size = 100;
  const SearchResult all = Search(queries_[0], funnel, true);
  SearchRequest request;
  request.vector = queries_[0];
  request.limit = 10;
  request.plan = funnel;
  request.estimated_scores = true;
  request.score_threshold = static_cast<float>((all.hits[3].score + all.hits[4].score) / 2);
  EXPECT_THAT(collection_.Search(request).hits, SizeIs(4));
}

}  // namespace
}  // namespace nestor
