// nestor.v1.Collections over the wire, against a whole server.

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/running_server.h"
#include "tests/testing/random_vectors.h"

namespace nestor::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class CollectionsTest : public ::testing::Test {
 protected:
  void SetUp() override { server_.Recover(); }

  RunningServer server_;
};

TEST_F(CollectionsTest, CreateNamesEveryViolationAtOnce) {
  v1::CreateCollectionRequest request;
  request.mutable_collection()->set_name("no/slash");
  request.mutable_collection()->set_dims(100000);
  request.mutable_collection()->mutable_prefix_code()->set_bits(3);
  request.mutable_collection()->set_rerank_tier(v1::BFLOAT16);
  for (uint32_t dims : {64, 32}) request.mutable_collection()->add_matryoshka_dims(dims);
  const auto created = server_.client().CreateCollection(request);
  EXPECT_EQ(created.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(created.status().message()),
              AllOf(HasSubstr("collection.name: 'no/slash' is not 1 to 64 of the characters"),
                    HasSubstr("collection.dims: 100000 is not in 1 to 16384"),
                    HasSubstr("collection.metric: 0 is not COSINE, DOT or L2"),
                    HasSubstr("collection.prefix_code.bits: 3 is not 1, 2, 4, 8 or 32"),
                    HasSubstr("collection.rerank_tier: 2 is not INT8 or FLOAT32"),
                    HasSubstr("collection.matryoshka_dims[1]: 32 does not ascend after 64")));
}

TEST_F(CollectionsTest, CreatingTwiceNeedsTheSameSpecAndPermission) {
  v1::CreateCollectionRequest request;
  request.mutable_collection()->set_name("docs");
  request.mutable_collection()->set_dims(4);
  request.mutable_collection()->set_metric(v1::Collection::L2);
  ASSERT_TRUE(server_.client().CreateCollection(request).ok());
  EXPECT_EQ(server_.client().CreateCollection(request).status().code(),
            absl::StatusCode::kAlreadyExists);
  request.set_allow_existing(true);
  EXPECT_TRUE(server_.client().CreateCollection(request).ok());
  request.mutable_collection()->set_dims(5);
  EXPECT_EQ(server_.client().CreateCollection(request).status(),
            absl::AlreadyExistsError("collection 'docs' exists with another spec"));
}

TEST_F(CollectionsTest, ListPagesByName) {
  for (const char* name : {"b", "c", "a"}) {
    v1::CreateCollectionRequest request;
    request.mutable_collection()->set_name(name);
    request.mutable_collection()->set_dims(4);
    request.mutable_collection()->set_metric(v1::Collection::DOT);
    ASSERT_TRUE(server_.client().CreateCollection(request).ok());
  }
  v1::ListCollectionsRequest list;
  list.set_page_size(2);
  const auto first = server_.client().ListCollections(list);
  ASSERT_EQ(first->collections_size(), 2);
  EXPECT_EQ(first->collections(0).name(), "a");
  list.set_page_token(first->next_page_token());
  const auto second = server_.client().ListCollections(list);
  ASSERT_EQ(second->collections_size(), 1);
  EXPECT_EQ(second->collections(0).name(), "c");
  EXPECT_TRUE(second->next_page_token().empty());
}

TEST_F(CollectionsTest, DeletedCollectionsAreGone) {
  server_.CreateDocs();
  ASSERT_TRUE(server_.Upsert({MakePoint(1, {1, 0, 0, 0})}).ok());
  v1::DeleteCollectionRequest remove;
  remove.set_name("docs");
  EXPECT_TRUE(server_.client().DeleteCollection(remove).ok());
  EXPECT_EQ(server_.client().DeleteCollection(remove).code(), absl::StatusCode::kNotFound);
  remove.set_allow_missing(true);
  EXPECT_TRUE(server_.client().DeleteCollection(remove).ok());
  server_.CreateDocs();
  v1::CountRequest count;
  count.set_collection("docs");
  EXPECT_EQ(server_.client().Count(count)->count(), 0u);
}

TEST_F(CollectionsTest, WaitForIndexLeavesNothingUnindexed) {
  server_.CreateDocs();
  for (uint64_t id = 1; id <= 50; ++id) {
    ASSERT_TRUE(server_.Upsert({MakePoint(id, {1, static_cast<float>(id), 0, 0})}).ok());
  }
  v1::GetCollectionStatsRequest get;
  get.set_name("docs");
  EXPECT_EQ(server_.client().GetCollectionStats(get)->unindexed_points(), 50u);
  v1::WaitForIndexRequest wait;
  wait.set_name("docs");
  const auto stats = server_.client().WaitForIndex(wait);
  ASSERT_TRUE(stats.ok()) << stats.status();
  EXPECT_EQ(stats->points(), 50u);
  EXPECT_EQ(stats->unindexed_points(), 0u);
  EXPECT_EQ(stats->segments(), 1u);
  EXPECT_EQ(stats->indexed_sequence(), 50u);
  EXPECT_EQ(stats->durable_sequence(), 50u);
  EXPECT_GT(stats->index_bytes(), 0u);
  EXPECT_EQ(stats->rerank_tier_bytes(), 0u);  // they stay in a file
  EXPECT_GT(stats->rerank_tier_mapped_bytes(), 0u);
  wait.set_sequence(51);
  EXPECT_EQ(server_.client().WaitForIndex(wait).status().code(), absl::StatusCode::kOutOfRange);
}

TEST_F(CollectionsTest, CalibrateMeasuresWhatSearchesFind) {
  server_.CreateDocs();
  Random random(1);
  std::vector<v1::Point> points;
  for (uint64_t id = 1; id <= 2500; ++id) points.push_back(MakePoint(id, random.GaussianVector(4)));
  ASSERT_TRUE(server_.Upsert(points).ok());
  v1::CalibrateRequest request;
  request.set_name("docs");
  const auto stats = server_.client().Calibrate(request);
  ASSERT_TRUE(stats.ok()) << stats.status();
  const v1::Calibration& calibration = stats->calibration();
  EXPECT_EQ(calibration.points(), 2500u);
  EXPECT_EQ(calibration.source(), v1::Calibration::POINTS);
  EXPECT_GT(calibration.time().seconds(), 0);
  EXPECT_FALSE(calibration.unfinished());
  EXPECT_FALSE(calibration.revoked());
  ASSERT_EQ(calibration.tables_size(), 5);  // of all points three, of half and a fifth of them one
  EXPECT_EQ(calibration.tables(1).share(), 1);
  EXPECT_EQ(calibration.tables(4).share(), 0.2F);
  EXPECT_EQ(calibration.tables(1).limit(), 10u);
  EXPECT_EQ(calibration.tables(1).queries(), 625u - 128);
  const v1::Calibration::Plan& last = *calibration.tables(1).plans().rbegin();
  EXPECT_TRUE(last.exact());
  EXPECT_EQ(last.promised_recall(), 1);

  v1::SearchRequest search;
  search.set_collection("docs");
  search.set_limit(10);
  *search.mutable_vector() = MakeVector({1, 2, 3, 4});
  search.mutable_plan()->mutable_adaptive()->set_recall_target(0.9F);
  const auto found = server_.client().Search(search);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_GE(found->completeness().estimated_recall(), 0.9F);
}

TEST_F(CollectionsTest, CalibrateSaysWhyItCannot) {
  v1::CalibrateRequest request;
  request.set_name("docs");
  EXPECT_EQ(server_.client().Calibrate(request).status().code(), absl::StatusCode::kNotFound);
  server_.CreateDocs();
  ASSERT_TRUE(server_.Upsert({MakePoint(1, {1, 0, 0, 0})}).ok());
  EXPECT_EQ(server_.client().Calibrate(request).status(),
            absl::FailedPreconditionError(
                "collection 'docs': 1 points are too few to calibrate by, it takes 2000"));
  v1::GetCollectionStatsRequest get;
  get.set_name("docs");
  EXPECT_FALSE(server_.client().GetCollectionStats(get)->has_calibration());
}

}  // namespace
}  // namespace nestor::testing
