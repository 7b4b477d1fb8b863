// nestor.v1.Points over the wire, against a whole server.

#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/running_server.h"

namespace nestor::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class PointsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_.Recover();
    server_.CreateDocs();
  }

  // The message of a search that must be refused with InvalidArgument.
  std::string Refusal(const v1::SearchRequest& request) {
    const auto answer = server_.client().Search(request);
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kInvalidArgument) << answer.status();
    return std::string(answer.status().message());
  }

  RunningServer server_;
};

TEST_F(PointsTest, FindsWhatWasUpserted) {
  const auto written = server_.Upsert({MakePoint(1, {1, 0, 0, 0}), MakePoint(2, {0, 1, 0, 0})});
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(written->affected(), 2u);
  v1::SearchRequest request = SearchFor({1, 0.1f, 0, 0});
  request.set_min_sequence(written->sequence());
  request.set_explain(true);
  request.set_tag(77);
  const auto answer = server_.client().Search(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->hits_size(), 2);
  EXPECT_EQ(answer->hits(0).id().num(), 1u);
  EXPECT_NEAR(answer->hits(0).score(), 1 / std::sqrt(1.01), 1e-6);
  EXPECT_NEAR(answer->hits(0).distance(), 1 - 1 / std::sqrt(1.01), 1e-6);
  EXPECT_EQ(answer->hits(0).version(), written->sequence());
  EXPECT_EQ(answer->sequence(), written->sequence());
  EXPECT_EQ(answer->tag(), 77u);
  EXPECT_FALSE(answer->stats().plan().empty());
  EXPECT_GT(answer->stats().stages_size(), 0);
}

TEST_F(PointsTest, EstimatedScoresTakeNoVectors) {
  ASSERT_TRUE(server_.Upsert({MakePoint(1, {1, 0, 0, 0}), MakePoint(2, {0, 1, 0, 0})}).ok());
  v1::SearchRequest request = SearchFor({1, 0.1f, 0, 0});
  request.set_explain(true);
  const auto bytes_read = [&] {
    const auto answer = server_.client().Search(request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->hits_size(), 2);
    EXPECT_EQ(answer->hits(0).id().num(), 1u);
    EXPECT_NEAR(answer->hits(0).score(), 1 / std::sqrt(1.01), 1e-5);
    const v1::StageStats& last = *answer->stats().stages().rbegin();
    EXPECT_EQ(last.name(), "exact");
    return last.bytes_read();
  };
  EXPECT_EQ(bytes_read(), 2 * 4 * sizeof(float));
  request.set_estimated_scores(true);
  EXPECT_EQ(bytes_read(), 0u);
  request.set_offset(1);
  EXPECT_THAT(Refusal(request), HasSubstr("offset: 1: pages take exact scores"));
}

TEST(SearchQueueTest, SearchesThatWaitTogetherAreAnsweredEach) {
  constexpr uint64_t kPoints = 2000;
  constexpr int kClients = 16, kSearches = 50;
  ServerOptions options;
  options.queue_limit = kClients;  // tasks without a call would soon be too many
  RunningServer server(nullptr, options);
  server.Recover();
  server.CreateDocs();
  const auto vector_of = [](uint64_t id) {
    const float angle = static_cast<float>(id) * 6.2831853f / kPoints;
    return std::vector<float>{std::cos(angle), std::sin(angle), 0, 0};
  };
  std::vector<v1::Point> points;
  for (uint64_t id = 0; id < kPoints; ++id) points.push_back(MakePoint(id, vector_of(id)));
  ASSERT_TRUE(server.Upsert(points).ok());
  std::vector<std::thread> clients;
  for (int client = 0; client < kClients; ++client) {
    clients.emplace_back([&, client] {
      for (int i = 0; i < kSearches; ++i) {
        const auto id = static_cast<uint64_t>(client * kSearches + i);
        const bool bad = i % 10 == 9;
        v1::SearchRequest request;
        request.set_collection("docs");
        request.set_limit(bad ? 0 : 3);
        *request.mutable_vector() = MakeVector(vector_of(id));
        request.mutable_plan()->mutable_exact();
        request.set_tag(id);
        const auto answer = server.client().Search(request);
        if (bad) {
          EXPECT_TRUE(absl::IsInvalidArgument(answer.status())) << answer.status();
          continue;
        }
        ASSERT_TRUE(answer.ok()) << answer.status();
        EXPECT_EQ(answer->tag(), id);
        ASSERT_EQ(answer->hits_size(), 3);
        EXPECT_EQ(answer->hits(0).id().num(), id);
      }
    });
  }
  for (std::thread& client : clients) client.join();
}

TEST_F(PointsTest, PackedEncodingsMeanTheSame) {
  const std::vector<std::pair<v1::Vector::Encoding, std::string>> encodings = {
      {v1::Vector::ENCODING_UNSPECIFIED,
       std::string("\0\0\x80\x3f\0\0\0\xc0\0\0\0\x3f\0\0\0\0", 16)},
      {v1::Vector::F32, std::string("\0\0\x80\x3f\0\0\0\xc0\0\0\0\x3f\0\0\0\0", 16)},
      {v1::Vector::F16, std::string("\0\x3c\0\xc0\0\x38\0\0", 8)},
      {v1::Vector::BF16, std::string("\x80\x3f\0\xc0\0\x3f\0\0", 8)},
  };
  for (const auto& [encoding, packed] : encodings) {
    v1::Point point;
    point.mutable_id()->set_str("p");
    point.mutable_vector()->set_packed(packed);
    point.mutable_vector()->set_encoding(encoding);
    ASSERT_TRUE(server_.Upsert({point}).ok());
    v1::GetRequest get;
    get.set_collection("docs");
    get.add_ids()->set_str("p");
    get.mutable_select()->set_vector(true);
    const auto answer = server_.client().Get(get);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->points(0).vector().packed(), encodings[0].second);
  }
}

TEST_F(PointsTest, SearchNamesEveryViolationAtOnce) {
  v1::SearchRequest request = SearchFor({1, 2, 3});
  request.set_limit(0);
  request.set_offset(20000);
  auto* stages = request.mutable_plan()->mutable_funnel();
  stages->mutable_shortlist()->set_size(100);
  for (int dims : {4, 2}) {
    stages->add_stages()->set_dims(dims);
    stages->mutable_stages(stages->stages_size() - 1)->set_keep(50);
  }
  EXPECT_THAT(
      Refusal(request),
      AllOf(HasSubstr("limit: 0 is not in 1 to 1000"), HasSubstr("offset: 20000 exceeds 10000"),
            HasSubstr("plan.funnel.stages[1].dims: 2 does not ascend after 4"),
            HasSubstr("vector: has 3 dims, the collection has 4")));
}

TEST_F(PointsTest, SearchRefusesVectorsThatAreNone) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInf = std::numeric_limits<float>::infinity();
  EXPECT_THAT(Refusal(SearchFor({1, kNan, 0, 0})), HasSubstr("vector[1]: nan is not finite"));
  EXPECT_THAT(Refusal(SearchFor({1, 0, 0, -kInf})), HasSubstr("vector[3]: -inf is not finite"));
  EXPECT_THAT(Refusal(SearchFor({0, 0, 0, 0})), HasSubstr("vector: is zero"));
  EXPECT_THAT(Refusal(SearchFor({3e38f, 3e38f, 0, 0})), HasSubstr("exceeds 1e+18"));
  EXPECT_THAT(Refusal(SearchFor({})), HasSubstr("vector: has neither values nor packed"));
  v1::SearchRequest both = SearchFor({1, 2, 3, 4});
  both.mutable_vector()->set_packed(std::string(16, '\0'));
  EXPECT_THAT(Refusal(both), HasSubstr("vector: has both values and packed"));
  v1::SearchRequest odd = SearchFor({});
  odd.mutable_vector()->set_packed(std::string(15, '\1'));
  EXPECT_THAT(Refusal(odd), HasSubstr("vector.packed: 15 bytes are not a multiple of 4"));
  v1::SearchRequest none = SearchFor({1, 2, 3, 4});
  none.clear_target();
  EXPECT_THAT(Refusal(none), HasSubstr("neither vector nor like is set"));
}

TEST_F(PointsTest, SearchRefusesTargetsOutOfRange) {
  v1::SearchRequest request = SearchFor({1, 0, 0, 0});
  request.mutable_plan()->mutable_adaptive()->set_recall_target(1.5f);
  EXPECT_THAT(Refusal(request),
              HasSubstr("plan.adaptive.recall_target: 1.5 is not between 0 and 1; "
                        "all of it takes an exact plan"));
  request.mutable_plan()->mutable_adaptive()->set_recall_target(0.9f);
  request.mutable_plan()->mutable_adaptive()->set_probability(0.4f);
  EXPECT_THAT(Refusal(request),
              HasSubstr("plan.adaptive.probability: 0.4 is not in 0.5 to 1, 1 excluded"));
}

TEST_F(PointsTest, MissingThingsAreNotFound) {
  v1::SearchRequest request = SearchFor({1, 0, 0, 0});
  request.set_collection("none");
  EXPECT_EQ(server_.client().Search(request).status(), absl::NotFoundError("no collection 'none'"));
  request.set_collection("docs");
  request.mutable_like()->set_str("x");
  EXPECT_EQ(server_.client().Search(request).status(),
            absl::NotFoundError("no point 'x' in collection 'docs'"));
}

TEST_F(PointsTest, BadItemsAreReportedAndTheRestIsWritten) {
  v1::Point no_id = MakePoint(0, {1, 1, 1, 1});
  no_id.clear_id();
  v1::Point long_id = MakePoint(0, {1, 1, 1, 1});
  long_id.mutable_id()->set_str(std::string(257, 'x'));
  v1::Point fat = MakePoint(5, {1, 1, 1, 1});
  (*fat.mutable_payload()->mutable_fields())["text"].set_string_value(std::string(70000, 'x'));
  const auto written =
      server_.Upsert({MakePoint(1, {1, 0, 0, 0}), MakePoint(2, {0, 0, 0, 0}), no_id, long_id, fat,
                      MakePoint(6, {1, 2}), MakePoint(7, {0, 0, 0, 1})});
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(written->affected(), 2u);
  ASSERT_EQ(written->errors_size(), 5);
  EXPECT_EQ(written->errors(0).index(), 1u);
  EXPECT_EQ(written->errors(0).id().num(), 2u);
  EXPECT_EQ(written->errors(0).code(), 3);
  EXPECT_EQ(written->errors(0).field(), "points[1].vector");
  EXPECT_EQ(written->errors(1).field(), "points[2].id");
  EXPECT_EQ(written->errors(2).message(), "257 bytes are not in 1 to 256");
  EXPECT_EQ(written->errors(3).field(), "points[4].payload");
  EXPECT_THAT(written->errors(3).message(), HasSubstr("bytes exceed 65536"));
  EXPECT_EQ(written->errors(4).message(), "has 2 dims, the collection has 4");
}

TEST_F(PointsTest, AnUpsertWithoutAnyGoodItemIsRefused) {
  const auto written = server_.Upsert({MakePoint(1, {0, 0, 0, 0}), MakePoint(2, {1, 2, 3})});
  EXPECT_EQ(written.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(
      std::string(written.status().message()),
      AllOf(HasSubstr("points[0].vector: is zero"), HasSubstr("points[1].vector: has 3 dims")));
}

TEST_F(PointsTest, ThousandsOfBadItemsStillGiveAReadableError) {
  std::vector<v1::Point> points;
  for (uint64_t id = 0; id < 3000; ++id) points.push_back(MakePoint(id, {0, 0, 0, 0}));
  const auto written = server_.Upsert(points);
  EXPECT_EQ(written.status().code(), absl::StatusCode::kInvalidArgument) << written.status();
  EXPECT_THAT(std::string(written.status().message()),
              AllOf(HasSubstr("points[0].vector: is zero"), HasSubstr(" more")));
}

TEST_F(PointsTest, ColumnsThatDoNotFitTogetherAreRefused) {
  v1::UpsertRequest request;
  request.set_collection("docs");
  v1::ColumnBatch* columns = request.mutable_columns();
  columns->add_ids()->set_num(1);
  columns->mutable_vectors()->set_rows(2);
  columns->mutable_vectors()->set_dims(4);
  columns->mutable_vectors()->set_packed(std::string(31, '\1'));
  columns->add_payloads();
  columns->add_payloads();
  const auto written = server_.client().Upsert(request);
  EXPECT_EQ(written.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(written.status().message()),
              AllOf(HasSubstr("columns.vectors.packed: 31 bytes are not rows x dims x 4 = 32"),
                    HasSubstr("columns.ids: 1 ids for 2 vectors"),
                    HasSubstr("columns.payloads: 2 payloads for 1 ids")));
  EXPECT_EQ(server_.Upsert({}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(PointsTest, InsertOnlyAndUpdateOnlyReportItems) {
  ASSERT_TRUE(server_.Upsert({MakePoint(1, {1, 0, 0, 0})}).ok());
  v1::UpsertRequest request;
  request.set_collection("docs");
  *request.add_points() = MakePoint(9, {0, 0, 0, 0});  // bad in itself
  *request.add_points() = MakePoint(1, {0, 1, 0, 0});
  *request.add_points() = MakePoint(2, {0, 1, 0, 0});
  request.set_mode(v1::INSERT_ONLY);
  const auto inserted = server_.client().Upsert(request);
  ASSERT_TRUE(inserted.ok()) << inserted.status();
  EXPECT_EQ(inserted->affected(), 1u);
  ASSERT_EQ(inserted->errors_size(), 2);
  EXPECT_EQ(inserted->errors(0).index(), 0u);
  EXPECT_EQ(inserted->errors(1).index(), 1u);
  EXPECT_EQ(inserted->errors(1).code(), static_cast<int>(absl::StatusCode::kAlreadyExists));
}

TEST_F(PointsTest, DeleteGetCountAndLikeAgree) {
  ASSERT_TRUE(server_
                  .Upsert({MakePoint(1, {1, 0, 0, 0}), MakePoint(2, {1, 1, 0, 0}),
                           MakePoint(3, {0, 0, 1, 0})})
                  .ok());
  v1::SearchRequest like;
  like.set_collection("docs");
  like.set_limit(1);
  like.mutable_like()->set_num(1);
  EXPECT_EQ(server_.client().Search(like)->hits(0).id().num(), 2u);
  v1::DeleteRequest remove;
  remove.set_collection("docs");
  for (uint64_t id : {2, 2, 8}) remove.mutable_selector()->mutable_ids()->add_ids()->set_num(id);
  EXPECT_EQ(server_.client().Delete(remove)->affected(), 1u);
  v1::CountRequest count;
  count.set_collection("docs");
  EXPECT_EQ(server_.client().Count(count)->count(), 2u);
  v1::GetRequest get;
  get.set_collection("docs");
  for (uint64_t id : {3, 2, 1}) get.add_ids()->set_num(id);
  const auto got = server_.client().Get(get);
  ASSERT_EQ(got->points_size(), 2);
  EXPECT_EQ(got->points(0).id().num(), 3u);
  ASSERT_EQ(got->missing_size(), 1);
  EXPECT_EQ(got->missing(0).num(), 2u);
  EXPECT_EQ(server_.client().Search(like)->hits(0).id().num(), 3u);
}

TEST_F(PointsTest, ScrollSeesEveryPointOnceWhileOthersWrite) {
  for (uint64_t id = 0; id < 25; ++id)
    ASSERT_TRUE(server_.Upsert({MakePoint(id, {1, float(id), 0, 0})}).ok());
  v1::ScrollRequest request;
  request.set_collection("docs");
  request.set_page_size(10);
  std::multiset<uint64_t> seen;
  do {
    const auto page = server_.client().Scroll(request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Point& point : page->points()) seen.insert(point.id().num());
    request.set_page_token(page->next_page_token());
    ASSERT_TRUE(server_.Upsert({MakePoint(seen.size() / 2, {2, 2, 2, 2})})
                    .ok());  // replaces a point already seen
  } while (!request.page_token().empty());
  for (uint64_t id = 0; id < 25; ++id) EXPECT_EQ(seen.count(id), 1u) << id;
  request.set_page_token("nonsense!");
  EXPECT_THAT(std::string(server_.client().Scroll(request).status().message()),
              HasSubstr("page_token: is no token"));
}

TEST_F(PointsTest, BatchAnswersEachQueryAndNamesTheBadOne) {
  ASSERT_TRUE(server_.Upsert({MakePoint(1, {1, 0, 0, 0}), MakePoint(2, {0, 1, 0, 0})}).ok());
  v1::SearchBatchRequest request;
  request.mutable_defaults()->set_collection("docs");
  request.mutable_defaults()->set_limit(1);
  const std::vector<float> queries = {1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0};
  request.mutable_queries()->set_rows(3);
  request.mutable_queries()->set_dims(4);
  request.mutable_queries()->set_packed(queries.data(), queries.size() * sizeof(float));
  const auto answer = server_.client().SearchBatch(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->responses_size(), 3);
  EXPECT_EQ(answer->responses(0).hits(0).id().num(), 1u);
  EXPECT_EQ(answer->responses(1).error().index(), 1u);
  EXPECT_EQ(answer->responses(1).error().field(), "queries[1]");
  EXPECT_EQ(answer->responses(2).hits(0).id().num(), 2u);
}

TEST_F(PointsTest, PayloadsComeBackAndOnlyTheFieldsThatWereSelected) {
  v1::Point point = MakePoint(1, {1, 0, 0, 0});
  auto& fields = *point.mutable_payload()->mutable_fields();
  fields["n"].set_int_value(9007199254740993);  // not a double
  fields["s"].set_string_value("text");
  ASSERT_TRUE(server_.Upsert({point}).ok());
  v1::SearchRequest request = SearchFor({1, 0, 0, 0});
  request.mutable_select()->set_payload(true);
  EXPECT_EQ(server_.client().Search(request)->hits(0).payload().SerializeAsString().size(),
            point.payload().SerializeAsString().size());
  request.mutable_select()->add_payload_fields("n");
  const auto answer = server_.client().Search(request);
  EXPECT_EQ(answer->hits(0).payload().fields().size(), 1u);
  EXPECT_EQ(answer->hits(0).payload().fields().at("n").int_value(), 9007199254740993);
}

TEST_F(PointsTest, VectorsComeBackAtARenormalisedPrefix) {
  ASSERT_TRUE(server_.Upsert({MakePoint(1, {3, 4, 100, 0})}).ok());
  v1::SearchRequest request = SearchFor({1, 0, 0, 0});
  request.mutable_select()->set_vector(true);
  request.mutable_select()->set_vector_dims(2);
  const auto answer = server_.client().Search(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  float values[2];
  ASSERT_EQ(answer->hits(0).vector().packed().size(), sizeof(values));
  std::memcpy(values, answer->hits(0).vector().packed().data(), sizeof(values));
  EXPECT_FLOAT_EQ(values[0], 0.6f);
  EXPECT_FLOAT_EQ(values[1], 0.8f);
}

}  // namespace
}  // namespace nestor::testing
