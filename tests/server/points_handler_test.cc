#include "server/points_handler.h"

#include <memory>
#include <string>
#include <vector>

#include "engine/limits.h"
#include "gtest/gtest.h"
#include "storage/point_store.h"
#include "tests/testing/without_details.h"

namespace nestor {
namespace {

absl::Status NeverStop() { return absl::OkStatus(); }

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
  SearchCall given_up{&request, cancelled, absl::ZeroDuration(), &response, absl::OkStatus()};
  HandleSearch(*engine_, {&given_up, 1});
  EXPECT_EQ(given_up.status, absl::CancelledError("gone"));
  SearchCall call{&request, NeverStop, absl::ZeroDuration(), &response, absl::OkStatus()};
  HandleSearch(*engine_, {&call, 1});
  EXPECT_EQ(call.status, absl::OkStatus());
}

TEST_F(PointsHandlerTest, EachOfTheSearchesThatAreAnsweredTogetherHasItsOwnAnswer) {
  const std::vector<std::vector<float>> vectors = {{1, 0}, {0, 1}};
  for (size_t i = 0; i < vectors.size(); ++i) {
    const UpsertItem item{PointId::FromNumber(i), vectors[i], {}};
    ASSERT_TRUE((*engine_->Find("docs"))->Upsert({item}, WriteMode::kUpsert).ok());
  }
  std::vector<v1::SearchRequest> requests(6);
  for (size_t i = 0; i < requests.size(); ++i) {
    requests[i].set_collection("docs");
    requests[i].set_limit(1);
    requests[i].mutable_plan()->mutable_exact();
    const std::vector<float>& vector = vectors[i % 2];
    requests[i].mutable_vector()->mutable_values()->Add(vector.begin(), vector.end());
  }
  requests[1].set_limit(0);
  requests[3].mutable_like()->set_num(7);
  requests[4].set_limit(2);
  const auto cancelled = [] { return absl::CancelledError("gone"); };
  const absl::Status over = absl::DeadlineExceededError("too late");
  std::vector<v1::SearchResponse> responses(requests.size());
  std::vector<SearchCall> calls;
  for (size_t i = 0; i < requests.size(); ++i) {
    const StopCheck stop = i == 2 ? StopCheck(cancelled) : StopCheck(NeverStop);
    calls.push_back({&requests[i], stop, absl::ZeroDuration(), &responses[i], {}});
  }
  calls[0].status = over;
  HandleSearch(*engine_, absl::MakeSpan(calls));
  EXPECT_EQ(calls[0].status, over);
  EXPECT_TRUE(absl::IsInvalidArgument(calls[1].status)) << calls[1].status;
  EXPECT_EQ(calls[2].status, absl::CancelledError("gone"));
  EXPECT_TRUE(absl::IsNotFound(calls[3].status)) << calls[3].status;
  EXPECT_EQ(calls[4].status, absl::OkStatus());
  ASSERT_EQ(responses[4].hits_size(), 2);
  EXPECT_EQ(responses[4].hits(0).id().num(), 0u);
  EXPECT_EQ(calls[5].status, absl::OkStatus());
  ASSERT_EQ(responses[5].hits_size(), 1);
  EXPECT_EQ(responses[5].hits(0).id().num(), 1u);
}

TEST_F(PointsHandlerTest, AScrollTokenOfAnotherCollectionIsRefused) {
  v1::ScrollRequest request;
  request.set_collection("docs");
  // The base64 of another uuid, no filter and the id 1.
  request.set_page_token("MTExMTExMTEtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAwAAAAAAEAAAAAAAAAAQ");
  v1::ScrollResponse response;
  EXPECT_EQ(testing::WithoutDetails(HandleScroll(*engine_, request, NeverStop, &response)),
            absl::InvalidArgumentError("page_token: is of another collection"));
}

TEST_F(PointsHandlerTest, AScrollTokenOfAnotherFilterIsRefused) {
  v1::ScrollRequest request;
  request.set_collection("docs");
  // The base64 of this uuid, the fingerprint 7 and the id 1.
  request.set_page_token("MDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAwBwAAAAEAAAAAAAAAAQ");
  v1::ScrollResponse response;
  EXPECT_EQ(testing::WithoutDetails(HandleScroll(*engine_, request, NeverStop, &response)),
            absl::InvalidArgumentError("page_token: is of a scroll with another filter"));
}

// `levels` objects within each other.
v1::Payload NestedPayload(size_t levels) {
  v1::Payload payload;
  v1::Payload* innermost = &payload;
  while (--levels > 0) innermost = (*innermost->mutable_fields())["a"].mutable_object_value();
  (*innermost->mutable_fields())["a"].mutable_time_value()->set_seconds(1);
  return payload;
}

TEST_F(PointsHandlerTest, TheDeepestPayloadCanBeReadInEveryAnswer) {
  v1::UpsertRequest upsert;
  upsert.set_collection("docs");
  upsert.mutable_columns()->add_ids()->set_num(1);
  *upsert.mutable_columns()->add_payloads() = NestedPayload(kMaxPayloadLevels);
  v1::SearchBatchRequest search;
  search.mutable_defaults()->set_collection("docs");
  search.mutable_defaults()->set_limit(1);
  search.mutable_defaults()->mutable_select()->set_payload(true);
  const float ones[] = {1, 1};
  for (v1::Matrix* matrix :
       {upsert.mutable_columns()->mutable_vectors(), search.mutable_queries()}) {
    matrix->set_rows(1);
    matrix->set_dims(2);
    matrix->set_packed(ones, sizeof(ones));
  }
  v1::WriteResponse written;
  ASSERT_EQ(HandleUpsert(*engine_, upsert, &written), absl::OkStatus());
  v1::SearchBatchResponse answer;
  ASSERT_EQ(HandleSearchBatch(*engine_, search, NeverStop, absl::ZeroDuration(),
                              absl::InfiniteDuration(), &answer),
            absl::OkStatus());
  v1::SearchBatchResponse read;
  EXPECT_TRUE(read.ParseFromString(answer.SerializeAsString()));
  EXPECT_EQ(read.responses(0).hits_size(), 1);

  *upsert.mutable_columns()->mutable_payloads(0) = NestedPayload(kMaxPayloadLevels + 1);
  EXPECT_EQ(testing::WithoutDetails(HandleUpsert(*engine_, upsert, &written)),
            absl::InvalidArgumentError("columns.payloads[0]: is nested deeper than 30"));
}

TEST_F(PointsHandlerTest, ListsCountInTheDepthOfAPayload) {
  v1::UpsertRequest request;
  request.set_collection("docs");
  v1::Point& point = *request.add_points();
  point.mutable_id()->set_num(1);
  point.mutable_vector()->add_values(1);
  point.mutable_vector()->add_values(1);
  v1::Value* innermost = &(*point.mutable_payload()->mutable_fields())["a"];
  for (size_t level = 1; level < kMaxPayloadLevels; ++level) {
    innermost = innermost->mutable_list_value()->add_items();
  }
  v1::WriteResponse response;
  EXPECT_EQ(testing::WithoutDetails(HandleUpsert(*engine_, request, &response)), absl::OkStatus());
  innermost->mutable_list_value();
  EXPECT_EQ(testing::WithoutDetails(HandleUpsert(*engine_, request, &response)),
            absl::InvalidArgumentError("points[0].payload: is nested deeper than 30"));
}

// Payloads that are too large for one message, all together.
class LargeAnswerTest : public PointsHandlerTest {
 protected:
  static constexpr uint64_t kPoints = kMaxMessageBytes / kMaxPayloadBytes + 10;
  static constexpr uint32_t kLargeDims = 1024;

  void SetUp() override {
    PointsHandlerTest::SetUp();
    v1::Payload payload;
    (*payload.mutable_fields())["text"].set_string_value(std::string(kMaxPayloadBytes - 100, 'x'));
    const std::string bytes = payload.SerializeAsString();
    CollectionSpec spec;
    spec.name = "large";
    spec.dims = kLargeDims;
    ASSERT_TRUE(engine_->CreateCollection(spec, Engine::IfExists::kRefuse).ok());
    const std::vector<float> vector(kLargeDims, 1);
    std::vector<UpsertItem> items;
    for (uint64_t i = 0; i < kPoints; ++i) items.push_back({PointId::FromNumber(i), vector, bytes});
    ASSERT_TRUE((*engine_->Find("large"))->Upsert(items, WriteMode::kUpsert).ok());
  }
};

TEST_F(LargeAnswerTest, GetRefusesWhatOneMessageCannotHold) {
  v1::GetRequest request;
  request.set_collection("large");
  request.mutable_select()->set_payload(true);
  for (uint64_t i = 0; i < kPoints; ++i) request.add_ids()->set_num(i);
  v1::GetResponse response;
  EXPECT_EQ(
      HandleGet(*engine_, request, &response),
      absl::ResourceExhaustedError("the answer exceeds 67108864 bytes; ask for less at once"));
}

TEST_F(LargeAnswerTest, ScrollEndsThePageEarlyAndGoesOn) {
  v1::ScrollRequest request;
  request.set_collection("large");
  request.set_page_size(kMaxScrollPage);
  request.mutable_select()->set_payload(true);
  request.mutable_select()->set_vector(true);
  bool ended_early = false;
  std::vector<uint64_t> ids;
  do {
    v1::ScrollResponse response;
    ASSERT_EQ(HandleScroll(*engine_, request, NeverStop, &response), absl::OkStatus());
    EXPECT_LE(response.ByteSizeLong(), kMaxMessageBytes);
    EXPECT_GT(response.points_size(), 0);
    ended_early |= response.points_size() < static_cast<int>(kMaxScrollPage) &&
                   !response.next_page_token().empty();
    for (const v1::Point& point : response.points()) ids.push_back(point.id().num());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_TRUE(ended_early);
  ASSERT_EQ(ids.size(), kPoints);
  for (uint64_t i = 0; i < kPoints; ++i) EXPECT_EQ(ids[i], i);
}

}  // namespace
}  // namespace nestor
