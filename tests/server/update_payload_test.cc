// UpdatePayload as a client sees it.

#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/filter_text.h"
#include "client/payload_json.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/server/running_server.h"
#include "tests/testing/without_details.h"

namespace nestor::testing {
namespace {

v1::Payload Json(absl::string_view text) {
  absl::StatusOr<v1::Payload> payload = PayloadFromJson(text);
  EXPECT_TRUE(payload.ok()) << payload.status();
  return payload.ok() ? *payload : v1::Payload();
}

class UpdatePayloadTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_.Recover();
    v1::CreateCollectionRequest create;
    create.mutable_collection()->set_name("docs");
    create.mutable_collection()->set_dims(4);
    create.mutable_collection()->set_metric(v1::Collection::COSINE);
    v1::PayloadIndex& index = *create.mutable_collection()->add_payload_indexes();
    index.set_field("color");
    index.set_type(v1::PayloadIndex::KEYWORD);
    ASSERT_TRUE(server_.client().CreateCollection(create).ok());
    request_.set_collection("docs");
  }

  void Put(uint64_t id, absl::string_view payload) {
    v1::Point point = MakePoint(id, {1, static_cast<float>(id), 0, 0});
    *point.mutable_payload() = Json(payload);
    const auto written = server_.Upsert({point});
    ASSERT_TRUE(written.ok()) << written.status();
  }
  v1::Point Get(uint64_t id) {
    v1::GetRequest request;
    request.set_collection("docs");
    request.add_ids()->set_num(id);
    request.mutable_select()->set_payload(true);
    request.mutable_select()->set_vector(true);
    const auto found = server_.client().Get(request);
    EXPECT_TRUE(found.ok() && found->points_size() == 1) << id;
    return found.ok() && found->points_size() == 1 ? found->points(0) : v1::Point();
  }
  bool Has(uint64_t id, absl::string_view payload) {
    return google::protobuf::util::MessageDifferencer::Equals(Get(id).payload(), Json(payload));
  }
  uint64_t Count(absl::string_view where) {
    v1::CountRequest request;
    request.set_collection("docs");
    const auto filter = ParseFilterText(where);
    EXPECT_TRUE(filter.ok()) << filter.status();
    *request.mutable_filter() = *filter;
    const auto count = server_.client().Count(request);
    EXPECT_TRUE(count.ok()) << count.status();
    return count.ok() ? count->count() : 0;
  }
  absl::Status Refusal() {
    return WithoutDetails(server_.client().UpdatePayload(request_).status());
  }

  RunningServer server_;
  v1::UpdatePayloadRequest request_;
};

TEST_F(UpdatePayloadTest, FieldsAreMergedAndRemovedById) {
  Put(1, R"({"color": "red", "size": 1, "nested": {"a": 1, "b": 2}})");
  const v1::Point before = Get(1);
  request_.mutable_selector()->mutable_ids()->add_ids()->set_num(1);
  *request_.mutable_set() = Json(R"({"color": "blue", "nested": {"a": 3}, "new": [1, null]})");
  request_.add_remove("size");
  request_.add_remove("no such field");
  const auto updated = server_.client().UpdatePayload(request_);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->affected(), 1u);
  EXPECT_EQ(updated->errors_size(), 0);
  EXPECT_GT(updated->sequence(), before.version());
  EXPECT_TRUE(Has(1, R"({"color": "blue", "nested": {"a": 3}, "new": [1, null]})"))
      << Get(1).ShortDebugString();
  EXPECT_EQ(Get(1).vector().packed(), before.vector().packed());
  EXPECT_EQ(Get(1).version(), before.version());
  EXPECT_EQ(Count("color = 'red'"), 0u);
  EXPECT_EQ(Count("color = 'blue'"), 1u);
}

TEST_F(UpdatePayloadTest, APayloadMayAppearAndVanish) {
  ASSERT_TRUE(server_.Upsert({MakePoint(1, {1, 0, 0, 0})}).ok());
  request_.mutable_selector()->set_all(true);
  *request_.mutable_set() = Json(R"({"color": "red"})");
  EXPECT_EQ(server_.client().UpdatePayload(request_)->affected(), 1u);
  EXPECT_EQ(Count("color exists"), 1u);
  request_.clear_set();
  request_.add_remove("color");
  EXPECT_EQ(server_.client().UpdatePayload(request_)->affected(), 1u);
  EXPECT_EQ(Get(1).payload().fields_size(), 0);
  EXPECT_EQ(Count("color exists"), 0u);
}

TEST_F(UpdatePayloadTest, ByFilterEveryPointThatSatisfiesIt) {
  for (uint64_t id = 0; id < 600; ++id) {
    Put(id, absl::StrCat(R"({"color": ")", id % 3 == 0 ? "red" : "blue", R"(", "n": )", id, "}"));
  }
  *request_.mutable_selector()->mutable_filter() = *ParseFilterText("color = 'blue'");
  *request_.mutable_set() = Json(R"({"color": "green"})");
  const auto updated = server_.client().UpdatePayload(request_);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->affected(), 400u);
  EXPECT_EQ(Count("color = 'green'"), 400u);
  EXPECT_EQ(Count("color = 'blue'"), 0u);
  // The same when all is in segments, and indexed again.
  v1::WaitForIndexRequest wait;
  wait.set_name("docs");
  ASSERT_TRUE(server_.client().WaitForIndex(wait).ok());
  EXPECT_EQ(Count("color = 'green'"), 400u);
  *request_.mutable_selector()->mutable_filter() = *ParseFilterText("color = 'green' and n < 300");
  *request_.mutable_set() = Json(R"({"color": "white"})");
  EXPECT_EQ(server_.client().UpdatePayload(request_)->affected(), 200u);
  EXPECT_EQ(Count("color = 'white'"), 200u);
  EXPECT_EQ(Count("color = 'green'"), 200u);
}

TEST_F(UpdatePayloadTest, WhatCannotBeUpdatedIsAnItemError) {
  Put(1, absl::StrCat(R"({"text": ")", std::string(60'000, 'x'), R"("})"));
  Put(2, R"({"color": "red"})");
  for (uint64_t id : {1, 2, 3}) {
    request_.mutable_selector()->mutable_ids()->add_ids()->set_num(id);
  }
  *request_.mutable_set() = Json(absl::StrCat(R"({"more": ")", std::string(10'000, 'y'), R"("})"));
  const auto updated = server_.client().UpdatePayload(request_);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->affected(), 1u);
  ASSERT_EQ(updated->errors_size(), 2);
  EXPECT_EQ(updated->errors(0).index(), 0u);
  EXPECT_EQ(updated->errors(0).id().num(), 1u);
  EXPECT_EQ(updated->errors(0).field(), "payload");
  EXPECT_THAT(updated->errors(0).message(), ::testing::HasSubstr("the limit is 65536"));
  EXPECT_EQ(updated->errors(1).id().num(), 3u);
  EXPECT_EQ(updated->errors(1).code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Get(1).payload().fields_size(), 1);
  EXPECT_EQ(Get(2).payload().fields_size(), 2);
}

TEST_F(UpdatePayloadTest, BadRequestsAreRefused) {
  request_.mutable_selector()->set_all(true);
  EXPECT_EQ(Refusal(), absl::InvalidArgumentError(
                           "set: is empty, remove names no field, and there is no expire_time"));
  *request_.mutable_set() = Json(R"({"a": 1})");
  request_.add_remove("b");
  request_.add_remove("a");
  EXPECT_EQ(Refusal(), absl::InvalidArgumentError("remove[1]: is set as well"));
  request_.clear_remove();
  request_.clear_selector();
  EXPECT_EQ(Refusal(),
            absl::InvalidArgumentError("selector: is empty; ids, filter or all must be set"));
  request_.set_collection("others");
  EXPECT_EQ(Refusal().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace nestor::testing
