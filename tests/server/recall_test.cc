// How much a search finds, and in which time, over the wire.

#include <string>

#include "engine/limits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/running_server.h"
#include "tests/testing/random_vectors.h"

namespace nestor::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class RecallTest : public ::testing::Test {
 protected:
  static ServerOptions AuditsEverything() {
    ServerOptions options;
    options.audit_share = 1;
    return options;
  }
  void SetUp() override {
    server_.Recover();
    server_.CreateDocs();
  }

  RunningServer server_{nullptr, AuditsEverything()};
};

TEST_F(RecallTest, SearchRefusesABudgetBeyondTheDeadline) {
  v1::SearchRequest request = SearchFor({1, 0, 0, 0});
  request.mutable_time_budget()->set_seconds(60);
  const auto status = server_.client().Search(request, {.timeout = absl::Seconds(30)}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              ContainsRegex("time_budget: 1m exceeds the .* until the call's deadline"));
  request.mutable_time_budget()->set_seconds(30);
  EXPECT_TRUE(server_.client().Search(request, {.timeout = absl::Seconds(30)}).ok());
}

TEST_F(RecallTest, MeasureRecallComparesWithExactSearches) {
  const auto measure = [&](const v1::MeasureRecallRequest& request) {
    return server_.client().MeasureRecall(request);
  };
  constexpr float kQuery[] = {1, 2, 3, 4};
  v1::MeasureRecallRequest request;
  request.mutable_search()->set_collection("docs");
  request.mutable_search()->set_limit(2);
  EXPECT_EQ(measure(request).status(),
            absl::FailedPreconditionError("collection 'docs' has no points to measure by"));
  ASSERT_TRUE(server_
                  .Upsert({MakePoint(1, {1, 0, 0, 0}), MakePoint(2, {0, 1, 0, 0}),
                           MakePoint(3, {0, 0, 1, 0})})
                  .ok());
  const auto sampled = measure(request);
  ASSERT_TRUE(sampled.ok()) << sampled.status();
  EXPECT_EQ(sampled->source(), v1::MeasureRecallResponse::POINTS);
  EXPECT_EQ(sampled->queries(), 3u);
  EXPECT_EQ(sampled->recall(), 1);
  EXPECT_EQ(sampled->estimated_recall(), 1);
  EXPECT_LT(sampled->low(), 0.5);
  EXPECT_EQ(sampled->short_of_target(), 0u);

  request.mutable_queries()->set_rows(1);
  request.mutable_queries()->set_dims(4);
  request.mutable_queries()->set_packed(
      std::string(reinterpret_cast<const char*>(kQuery), sizeof(kQuery)));
  EXPECT_EQ(measure(request)->source(), v1::MeasureRecallResponse::GIVEN);
  request.mutable_queries()->set_rows(kMaxMeasuredQueries + 1);
  request.set_sample(kMaxMeasuredQueries + 1);
  *request.mutable_search()->mutable_vector() = MakeVector({1, 0, 0, 0});
  EXPECT_THAT(std::string(measure(request).status().message()),
              HasSubstr("search: has a target; the queries are in `queries`"));
  request.mutable_search()->clear_target();
  EXPECT_THAT(std::string(measure(request).status().message()),
              AllOf(HasSubstr("sample: 1001 exceeds 1000"),
                    HasSubstr("queries.rows: 1001 is not in 1 to 1000")));
}

TEST_F(RecallTest, AnswersSayWhyTheyEnd) {
  ASSERT_TRUE(server_.Upsert({MakePoint(1, {1, 0, 0, 0}), MakePoint(2, {0, 1, 0, 0})}).ok());
  v1::SearchRequest request = SearchFor({1, 0, 0, 0});
  request.mutable_filter()->mutable_has_id()->add_ids()->set_num(2);
  const auto answer = server_.client().Search(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  const v1::Completeness& completeness = answer->completeness();
  EXPECT_TRUE(completeness.complete());
  EXPECT_TRUE(completeness.certified());
  EXPECT_EQ(completeness.stop_reason(), v1::Completeness::EVERY_ROW);
  ASSERT_EQ(completeness.reasons_size(), 1);
  EXPECT_EQ(completeness.reasons(0), v1::Completeness::FILTER_UNDERFILLED);
}

// A collection in which a shortlist takes less than scoring every row.
TEST_F(RecallTest, StatsTellWhatAuditsFound) {
  constexpr uint32_t kDims = 512;
  v1::CreateCollectionRequest create;
  create.mutable_collection()->set_name("wide");
  create.mutable_collection()->set_dims(kDims);
  create.mutable_collection()->set_metric(v1::Collection::COSINE);
  ASSERT_TRUE(server_.client().CreateCollection(create).ok());
  Random random(1);
  v1::UpsertRequest upsert;
  upsert.set_collection("wide");
  for (uint64_t id = 1; id <= 4000; ++id) {
    *upsert.add_points() = MakePoint(id, random.GaussianVector(kDims));
  }
  ASSERT_TRUE(server_.client().Upsert(upsert).ok());
  v1::WaitForIndexRequest wait;
  wait.set_name("wide");
  ASSERT_TRUE(server_.client().WaitForIndex(wait).ok());
  v1::GetCollectionStatsRequest get;
  get.set_name("wide");
  const absl::Time deadline = absl::Now() + absl::Minutes(2);
  v1::RecallAudit audit;
  while (audit.searches() == 0 && absl::Now() < deadline) {  // until its time has come
    v1::SearchRequest request = SearchFor(random.GaussianVector(kDims));
    request.set_collection("wide");
    request.mutable_plan()->mutable_adaptive()->set_recall_target(0.5F);
    ASSERT_TRUE(server_.client().Search(request).ok());
    audit = server_.client().GetCollectionStats(get)->recall_audit();
  }
  ASSERT_GT(audit.searches(), 0u);
  EXPECT_GE(audit.recall(), 0);
  EXPECT_LE(audit.low(), audit.recall());
  EXPECT_GE(audit.high(), audit.recall());
  EXPECT_EQ(audit.recall_target(), 0.5F);
}

}  // namespace
}  // namespace nestor::testing
