// Searches whose tier reads most rows in part.

#include <memory>
#include <string>
#include <vector>

#include "engine/metric.h"
#include "engine/rerank_tier.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/random_vectors.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

using ::testing::ElementsAreArray;
using testing::Id;
using testing::IdsOf;
using testing::Random;
using testing::TempDir;
using testing::TestCollection;
using testing::ValueOf;

constexpr uint32_t kRoughDims = 768;
constexpr uint64_t kRoughRows = 1200;

// In a segment with a file.
class RoughScoresTest : public ::testing::TestWithParam<Metric> {
 protected:
  RoughScoresTest() {
    collection_.files = files_.get();
    collection_.Reopen();
    Random random(17);
    std::vector<testing::NamedVector> points;
    for (uint64_t id = 0; id < kRoughRows; ++id) points.push_back({Id(id), Fading(&random)});
    collection_.Upsert(points);
    collection_.Index();
    for (int i = 0; i < 20; ++i) queries_.push_back(Fading(&random));
  }
  static std::vector<float> Fading(Random* random) {
    std::vector<float> vector = random->GaussianVector(kRoughDims);
    for (size_t d = 0; d < vector.size(); ++d) vector[d] /= static_cast<float>(1 + d / 32);
    return vector;
  }
  static CollectionSpec Spec() {
    CollectionSpec spec;
    spec.dims = kRoughDims;
    spec.metric = GetParam();
    return spec;
  }
  SearchResult Search(const std::vector<float>& query, const PlanRequest& plan, uint32_t limit) {
    SearchRequest request;
    request.vector = query;
    request.limit = limit;
    request.plan = plan;
    return collection_.Search(request);
  }
  // Of all rows.
  static FunnelRequest All() {
    FunnelRequest funnel;
    funnel.shortlist_size = kRoughRows;
    return funnel;
  }

  const TempDir directory_;
  const std::unique_ptr<CheckedFiles> files_ =
      ValueOf(CheckedFiles::Open(directory_.Join("segments")));
  TestCollection collection_{Spec()};
  std::vector<std::vector<float>> queries_;
};

INSTANTIATE_TEST_SUITE_P(Metrics, RoughScoresTest,
                         ::testing::Values(Metric::kCosine, Metric::kDot, Metric::kL2),
                         [](const auto& info) { return std::string(MetricName(info.param)); });

TEST_P(RoughScoresTest, WhatIsLeftOutIsNoHit) {
  for (const std::vector<float>& query : queries_) {
    for (const uint32_t limit : {1u, 10u, 100u, uint32_t{kRoughRows}}) {
      const SearchResult truth = Search(query, ExactRequest{}, limit);
      const SearchResult found = Search(query, All(), limit);
      EXPECT_THAT(IdsOf(found), ElementsAreArray(IdsOf(truth)));
      EXPECT_TRUE(found.certified || GetParam() == Metric::kL2);
    }
  }
}

TEST_P(RoughScoresTest, MostRowsAreReadInPart) {
  const auto tier = NewRerankTier(TierKind::kInt8, GetParam(), kRoughDims, 0);
  const auto bytes = [&](uint32_t limit) {
    for (const StageStats& stage : Search(queries_[0], All(), limit).stages) {
      if (stage.name == "rerank") return stage.bytes_read;
    }
    return uint64_t{0};
  };
  const uint64_t half = kRoughRows * tier->RoughRowBytes();
  EXPECT_GT(bytes(10), half);
  EXPECT_LT(bytes(10), half + half / 5);
  // Nobody looks twice at rows that are nearly all wanted.
  EXPECT_EQ(bytes(kRoughRows), kRoughRows * tier->RowBytes(kRoughDims));
}

// Codes cannot tell them apart, and least of all in part.
TEST_P(RoughScoresTest, NearCopiesAreToldApart) {
  std::vector<testing::NamedVector> copies;
  for (uint64_t i = 0; i < 40; ++i) {
    std::vector<float> copy = queries_[0];
    copy[i] += 0.001F * static_cast<float>(i);
    copies.push_back({Id(10'000 + i), copy});
  }
  collection_.Upsert(copies);
  collection_.Index();
  for (const uint32_t limit : {1u, 5u, 10u, 39u, 40u, 41u}) {
    EXPECT_THAT(IdsOf(Search(queries_[0], All(), limit)),
                ElementsAreArray(IdsOf(Search(queries_[0], ExactRequest{}, limit))));
  }
}

}  // namespace
}  // namespace nestor
