// nestor.v1.Collections.Advise over the wire, and what `nestor plan` says beside a server.

#include <string>
#include <vector>

#include "client/size_plan.h"
#include "engine/kernels/rotation.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/running_server.h"
#include "tests/testing/random_vectors.h"

namespace nestor::testing {
namespace {

class AdviceTest : public ::testing::Test {
 protected:
  void SetUp() override { server_.Recover(); }

  // Points of which each dim weighs `decay` of the one before; `turned` by a rotation, all weigh
  // the same.
  v1::Collection Load(v1::Collection spec, size_t points, double decay, bool turned = false,
                      size_t asked = 0) {
    const kernels::Rotation rotation(spec.dims());
    spec.set_name("docs");
    spec.set_metric(v1::Collection::COSINE);
    v1::CreateCollectionRequest create;
    *create.mutable_collection() = spec;
    const auto created = server_.client().CreateCollection(create);
    EXPECT_TRUE(created.ok()) << created.status();
    Random random(1);
    const auto next = [&] {
      std::vector<float> vector = random.GaussianVector(spec.dims());
      double weight = 1;
      for (float& value : vector) {
        value *= static_cast<float>(weight);
        weight *= decay;
      }
      if (turned) rotation.Apply(vector.data());
      return vector;
    };
    for (size_t first = 0; first < points; first += 1000) {
      v1::UpsertRequest upsert;
      upsert.set_collection("docs");
      for (size_t id = first; id < std::min(points, first + 1000); ++id) {
        *upsert.add_points() = MakePoint(id, next());
      }
      EXPECT_TRUE(server_.client().Upsert(upsert).ok());
    }
    v1::WaitForIndexRequest wait;
    wait.set_name("docs");
    const auto stats = server_.client().WaitForIndex(wait);
    EXPECT_TRUE(stats.ok()) << stats.status();
    if (stats.ok()) stats_ = *stats;
    for (size_t i = 0; i < asked; ++i) EXPECT_TRUE(server_.client().Search(SearchFor(next())).ok());
    return created.ok() ? *created : spec;
  }
  v1::Advice Advise() {
    v1::AdviseRequest request;
    request.set_name("docs");
    const auto advice = server_.client().Advise(request);
    EXPECT_TRUE(advice.ok()) << advice.status();
    return advice.ok() ? *advice : v1::Advice();
  }

  RunningServer server_;
  v1::CollectionStats stats_;
};

TEST_F(AdviceTest, TellsMatryoshkaVectorsFromOthers) {
  v1::Collection spec;
  spec.set_dims(256);
  Load(spec, 1500, 0.95);
  const v1::Advice advice = Advise();
  EXPECT_EQ(advice.points(), 1500u);
  EXPECT_EQ(advice.sample_points(), 1500u);
  EXPECT_FALSE(advice.by_asked());
  EXPECT_TRUE(advice.is_matryoshka());
  EXPECT_EQ(advice.judged().code().dims(), 32u);
  EXPECT_GT(advice.judged().kept(), advice.judged().kept_by_chance() + 0.3);
  ASSERT_EQ(advice.prefixes_size(), 4);  // 16 to 128
  for (int i = 1; i < advice.prefixes_size(); ++i) {
    EXPECT_GE(advice.prefixes(i).kept(), advice.prefixes(i - 1).kept());
  }
  ASSERT_GT(advice.codes_size(), 1);
  float most = 0;
  for (const v1::Advice::Quality& code : advice.codes()) most = std::max(most, code.kept());
  for (const v1::Advice::Quality& code : advice.codes()) {
    if (code.code().dims() == advice.best().dims()) {
      EXPECT_EQ(code.kept(), most);
    }
  }
  EXPECT_TRUE(advice.prefixes(0).has_kept_learnt());
  EXPECT_FALSE(advice.is_worth_learning());
  EXPECT_FALSE(advice.best().learnt());
}

TEST_F(AdviceTest, WarnsOfVectorsWhoseDimsAreAllAlike) {
  v1::Collection spec;
  spec.set_dims(256);
  Load(spec, 1500, 1);
  const v1::Advice advice = Advise();
  EXPECT_FALSE(advice.is_matryoshka());
  EXPECT_NEAR(advice.judged().kept(), advice.judged().kept_by_chance(), 0.1);
}

TEST_F(AdviceTest, SaysWhatABasisWouldKeep) {
  v1::Collection spec;
  spec.set_dims(512);
  Load(spec, 2100, 0.97, true, 128);
  const v1::Advice advice = Advise();
  EXPECT_TRUE(advice.by_asked());
  EXPECT_FALSE(advice.is_matryoshka());
  EXPECT_TRUE(advice.is_worth_learning());
  EXPECT_TRUE(advice.best().learnt());
  EXPECT_FALSE(stats_.prefix_code().learnt());
  for (const v1::Advice::Quality& prefix : advice.prefixes()) {
    if (prefix.code().dims() > 128) continue;  // most of the vector
    EXPECT_GT(prefix.kept_learnt(), prefix.kept() + 0.05) << prefix.code().dims();
  }
}

TEST_F(AdviceTest, TooFewPointsTeachNoBasis) {
  v1::Collection spec;
  spec.set_dims(320);
  Load(spec, 1200, 0.97, true);
  const v1::Advice advice = Advise();
  EXPECT_FALSE(advice.is_worth_learning());
  EXPECT_FALSE(advice.prefixes(0).has_kept_learnt());
}

TEST_F(AdviceTest, ACollectionWithABasisSaysSo) {
  v1::Collection spec;
  spec.set_dims(320);
  spec.set_transform(v1::Collection::PCA);
  EXPECT_EQ(Load(spec, 1500, 0.97, true).transform(), v1::Collection::PCA);
  EXPECT_TRUE(stats_.prefix_code().learnt());
  EXPECT_NE(stats_.basis_version(), 0u);
}

TEST_F(AdviceTest, SaysWhyThereIsNone) {
  v1::AdviseRequest request;
  request.set_name("docs");
  EXPECT_EQ(server_.client().Advise(request).status(), absl::NotFoundError("no collection 'docs'"));
  v1::Collection spec;
  spec.set_dims(8);
  Load(spec, 100, 1);
  EXPECT_EQ(server_.client().Advise(request).status(),
            absl::FailedPreconditionError(
                "collection 'docs': 100 indexed points are too few to advise by, it takes 1024"));
}

// What a plan says beside what a server has.
class SizePlanTest : public AdviceTest, public ::testing::WithParamInterface<v1::RerankTier> {};

TEST_P(SizePlanTest, IsWhatAServerTakes) {
  v1::Collection spec;
  spec.set_dims(200);
  spec.set_rerank_tier(GetParam());
  GetParam() == v1::INT8 ? (void)spec.mutable_index()->mutable_hnsw()
                         : (void)spec.mutable_index()->mutable_ivf();
  constexpr size_t kPoints = 6000;
  const v1::Collection collection = Load(spec, kPoints, 0.98);
  const std::vector<SizeLine> plan = PlanSizes(collection, kPoints);
  ASSERT_EQ(plan.size(), 5u);
  const auto near = [](double bytes, double planned) {
    EXPECT_NEAR(bytes / kPoints, planned, 0.05 * planned + 1);
  };
  near(static_cast<double>(stats_.index_bytes()), plan[0].resident_bytes + plan[1].resident_bytes);
  near(static_cast<double>(stats_.rerank_tier_bytes()), plan[2].resident_bytes);
  near(static_cast<double>(stats_.rerank_tier_mapped_bytes()),
       plan[2].disk_bytes - plan[2].resident_bytes);
  near(static_cast<double>(stats_.point_record_mapped_bytes()), plan[3].disk_bytes);
}

INSTANTIATE_TEST_SUITE_P(Tiers, SizePlanTest, ::testing::Values(v1::INT8, v1::FLOAT32));

}  // namespace
}  // namespace nestor::testing
