#include "server/points_handler.h"

#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "storage/point_store.h"

namespace nestor {
namespace {

class PointsHandlerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    EngineOptions options;
    options.new_uuid = [] { return "00000000-0000-4000-8000-000000000000"; };
    engine_ = *Engine::Open(NewMemoryStore(), std::move(options));
    CollectionSpec spec;
    spec.name = "docs";
    spec.dims = 2;
    ASSERT_TRUE(engine_->CreateCollection(spec, Engine::IfExists::kRefuse).ok());
  }

  std::unique_ptr<Engine> engine_;
};

TEST_F(PointsHandlerTest, ASearchThatNobodyWaitsForStops) {
  const std::vector<float> vector = {1, 0};
  const UpsertItem item{PointId::FromNumber(1), vector, {}};
  ASSERT_TRUE((*engine_->Find("docs"))->Upsert({item}, WriteMode::kUpsert).ok());
  v1::SearchRequest request;
  request.set_collection("docs");
  request.set_limit(1);
  request.mutable_vector()->add_values(1);
  request.mutable_vector()->add_values(0);
  v1::SearchResponse response;
  const auto cancelled = [] { return absl::CancelledError("gone"); };
  EXPECT_EQ(HandleSearch(*engine_, request, cancelled, absl::ZeroDuration(), &response),
            absl::CancelledError("gone"));
  const auto in_time = [] { return absl::OkStatus(); };
  EXPECT_EQ(HandleSearch(*engine_, request, in_time, absl::ZeroDuration(), &response),
            absl::OkStatus());
}

TEST_F(PointsHandlerTest, AScrollTokenOfAnotherCollectionIsRefused) {
  v1::ScrollRequest request;
  request.set_collection("docs");
  // The base64 of another uuid and the id 1.
  request.set_page_token("MTExMTExMTEtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAwAQAAAAAAAAAB");
  v1::ScrollResponse response;
  EXPECT_EQ(HandleScroll(*engine_, request, &response),
            absl::InvalidArgumentError("page_token: is of another collection"));
}

}  // namespace
}  // namespace nestor
