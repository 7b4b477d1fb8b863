// Collections whose prefixes are those of a learnt basis (CollectionSpec::transform).

#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/kernels/rotation.h"
#include "gtest/gtest.h"
#include "storage/checked_file.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/oracle.h"
#include "tests/testing/random_vectors.h"
#include "tests/testing/temp_dir.h"

namespace nestor {
namespace {

using testing::Id;
using testing::Random;
using testing::TestCollection;

constexpr uint32_t kDims = 128;
constexpr size_t kPoints = 4000;
constexpr size_t kQueries = 100;
constexpr uint32_t kTop = 10;

CollectionSpec BasisSpec(IndexKind kind, Metric metric, Transform transform) {
  CollectionSpec spec;
  spec.name = "docs";
  spec.dims = kDims;
  spec.prefix_dims = 32;
  spec.prefix_bits = 8;
  spec.index_kind = kind;
  spec.metric = metric;
  spec.transform = transform;
  return spec;
}

// Like Matryoshka embeddings, unless they are turned: then every dim knows as much as another.
class Vectors {
 public:
  explicit Vectors(bool turned) : turned_(turned) {}
  std::vector<float> Next() {
    std::vector<float> vector = random_.GaussianVector(kDims);
    for (uint32_t i = 0; i < kDims; ++i) vector[i] *= std::pow(0.95f, static_cast<float>(i));
    if (turned_) rotation_.Apply(vector.data());
    return vector;
  }

 private:
  const bool turned_;
  const kernels::Rotation rotation_{kDims};
  Random random_{11};
};

class LearntBasisTest : public ::testing::TestWithParam<std::tuple<IndexKind, Metric>> {
 protected:
  void Load(bool turned, Transform transform, const CheckedFiles* files = nullptr) {
    const auto [kind, metric] = GetParam();
    collection_ = std::make_unique<TestCollection>(BasisSpec(kind, metric, transform));
    collection_->files = files;
    collection_->Reopen();
    Vectors vectors(turned);
    std::vector<testing::NamedVector> points;
    vectors_.clear();
    for (uint64_t id = 0; id < kPoints; ++id) {
      points.push_back({Id(id), vectors.Next()});
      vectors_[Id(id)] = points.back().vector;
    }
    collection_->Upsert(points);
    collection_->Index();
    queries_.clear();
    for (size_t i = 0; i < kQueries; ++i) queries_.push_back(vectors.Next());
  }
  SearchResult Search(const std::vector<float>& query, PlanRequest plan) {
    SearchRequest request;
    request.vector = query;
    request.limit = kTop;
    request.plan = std::move(plan);
    request.select.vector = true;
    return collection_->Search(request);
  }
  std::vector<testing::OracleHit<PointId>> Truth(const std::vector<float>& query) {
    return testing::OracleTop(std::get<1>(GetParam()), query, vectors_, kTop);
  }
  // Of shortlists of one length.
  double Recall() {
    size_t found = 0;
    for (const std::vector<float>& query : queries_) {
      const std::vector<PointId> hits = testing::IdsOf(
          Search(query, FunnelRequest{.shortlist_size = 30, .ef = 60, .nprobe = 8, .stages = {}}));
      for (const auto& hit : Truth(query)) found += std::count(hits.begin(), hits.end(), hit.key);
    }
    return static_cast<double>(found) / (kQueries * kTop);
  }
  CollectionStats Stats() { return (*collection_)->Stats(); }

  std::unique_ptr<TestCollection> collection_;
  std::map<PointId, std::vector<float>> vectors_;
  std::vector<std::vector<float>> queries_;
};

TEST_P(LearntBasisTest, FindsAsMuchOfTurnedVectorsAsOfOthers) {
  Load(false, Transform::kNone);
  const double of_others = Recall();
  Load(true, Transform::kNone);
  const double without = Recall();
  Load(true, Transform::kPca);
  EXPECT_TRUE(Stats().prefix_code.learnt);
  EXPECT_GE(Recall(), of_others - 0.03);
  EXPECT_LT(without, of_others - 0.15);  // the test can fail
}

TEST_P(LearntBasisTest, AnswersAreOfTheVectorsThatWereSent) {
  Load(true, Transform::kPca);
  for (size_t i = 0; i < 20; ++i) {
    for (const PlanRequest& plan :
         {PlanRequest(ExactRequest{}),
          PlanRequest(FunnelRequest{.shortlist_size = 200, .stages = {}})}) {
      const SearchResult result = Search(queries_[i], plan);
      const auto truth = Truth(queries_[i]);
      ASSERT_EQ(result.hits.size(), truth.size());
      for (size_t hit = 0; hit < truth.size(); ++hit) {
        EXPECT_EQ(result.hits[hit].vector, vectors_[result.hits[hit].id]);
        if (!std::holds_alternative<ExactRequest>(plan)) continue;
        EXPECT_EQ(result.hits[hit].id, truth[hit].key);
        EXPECT_NEAR(result.hits[hit].score, truth[hit].score, 1e-4);
      }
    }
  }
}

TEST_P(LearntBasisTest, NewPointsAreFoundByTheSameBasis) {
  Load(true, Transform::kPca);
  const uint32_t version = Stats().basis_version;
  Vectors vectors(true);
  std::vector<testing::NamedVector> points;
  for (uint64_t id = kPoints; id < kPoints + 500; ++id) {
    points.push_back({Id(id), vectors.Next()});
    vectors_[Id(id)] = points.back().vector;
  }
  collection_->Upsert(points);
  collection_->Seal();  // two segments, one of them without its index
  EXPECT_EQ(Stats().segments, 2u);
  const double recall = Recall();
  collection_->Index();
  EXPECT_EQ(Stats().basis_version, version);  // the data is as it was
  EXPECT_NEAR(Recall(), recall, 0.05);
}

TEST_P(LearntBasisTest, ARestartKeepsIt) {
  const testing::TempDir directory;
  const auto files = testing::ValueOf(CheckedFiles::Open(directory.Join("segments")));
  Load(true, Transform::kPca, files.get());
  const uint32_t version = Stats().basis_version;
  EXPECT_NE(version, 0u);
  const double recall = Recall();
  collection_->Reopen();
  EXPECT_EQ(Stats().basis_version, version);
  EXPECT_EQ(Stats().unindexed_points, 0u);
  EXPECT_EQ(Recall(), recall);
}

// What a directory of one version knew of vectors that are gone is not kept.
TEST_P(LearntBasisTest, OtherDataGetsAnotherBasis) {
  Load(true, Transform::kPca);
  const uint32_t version = Stats().basis_version;
  Vectors vectors(false);
  std::vector<testing::NamedVector> points;
  for (uint64_t id = 0; id < kPoints; ++id) points.push_back({Id(id), vectors.Next()});
  collection_->Upsert(points);
  collection_->Index();
  EXPECT_NE(Stats().basis_version, version);
}

INSTANTIATE_TEST_SUITE_P(Kinds, LearntBasisTest,
                         ::testing::Values(std::tuple(IndexKind::kHnsw, Metric::kCosine),
                                           std::tuple(IndexKind::kIvf, Metric::kL2),
                                           std::tuple(IndexKind::kFlat, Metric::kDot)),
                         [](const auto& info) {
                           return std::string(testing::NameOf(std::get<0>(info.param)));
                         });

}  // namespace
}  // namespace nestor
