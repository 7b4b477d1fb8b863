// Collections that find out what their searches find.

#include <algorithm>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/calibration.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

using testing::ClusteredVectors;
using testing::Id;
using testing::NamedVector;
using testing::NeverStop;
using testing::TestCollection;
using testing::ValueOf;

constexpr size_t kRecallDims = 32;

CollectionSpec RecallSpec() {
  CollectionSpec spec;
  spec.dims = kRecallDims;
  spec.prefix_dims = 8;
  spec.prefix_bits = 4;
  return spec;
}

// Calibrating which takes least.
CollectionSpec FlatSpec() {
  CollectionSpec spec = RecallSpec();
  spec.index_kind = IndexKind::kFlat;
  return spec;
}

void Store(const std::vector<std::vector<float>>& vectors, TestCollection* collection) {
  std::vector<NamedVector> points;
  for (size_t i = 0; i < vectors.size(); ++i) points.push_back({Id(i), vectors[i]});
  collection->Upsert(points);
  collection->Index();
}

SearchRequest ShortlistOf(uint32_t size) {
  FunnelRequest funnel;
  funnel.shortlist_size = size;
  SearchRequest request;
  request.plan = funnel;
  return request;
}

std::vector<SampledQuery> QueriesOf(const std::vector<std::vector<float>>& vectors) {
  std::vector<SampledQuery> queries;
  for (const std::vector<float>& vector : vectors) queries.push_back({.vector = vector});
  return queries;
}

class CollectionRecallTest : public ::testing::Test {
 protected:
  CollectionRecallTest() : vectors_(ClusteredVectors(1200, kRecallDims, 20, 1)) {
    queries_.assign(vectors_.begin() + 1000, vectors_.end());
    vectors_.resize(1000);
    Store(vectors_, &collection_);
  }

  RecallReport Measure(const SearchRequest& request, std::vector<SampledQuery> queries,
                       size_t sample = 100) {
    return ValueOf(collection_->MeasureRecall(request, std::move(queries), sample, NeverStop));
  }

  std::vector<std::vector<float>> vectors_, queries_;
  TestCollection collection_{RecallSpec()};
};

TEST_F(CollectionRecallTest, IsTheShareOfTheTrueHits) {
  SearchRequest request = ShortlistOf(14);
  double recall = 0;
  double worst = 1;
  for (const std::vector<float>& query : queries_) {
    request.vector = query;
    const auto found = testing::IdsOf(collection_.Search(request));
    SearchRequest exact = request;
    exact.plan = ExactRequest{};
    double share = 0;
    for (const PointId& id : testing::IdsOf(collection_.Search(exact))) {
      share += 0.1 * static_cast<double>(std::count(found.begin(), found.end(), id));
    }
    recall += share / static_cast<double>(queries_.size());
    worst = std::min(worst, share);
  }
  ASSERT_LT(recall, 0.99);
  const RecallReport report = Measure(request, QueriesOf(queries_));
  EXPECT_EQ(report.source, RecallReport::Source::kGiven);
  EXPECT_EQ(report.queries, queries_.size());
  EXPECT_NEAR(report.recall, recall, 1e-9);
  EXPECT_NEAR(report.worst, worst, 1e-9);
  EXPECT_LT(report.interval.low, recall);
  EXPECT_GT(report.interval.high, recall);
  EXPECT_EQ(report.short_of_target, 0u) << "a funnel has no target";
  EXPECT_FALSE(report.estimated_recall.has_value());
  EXPECT_EQ(report.sequence, collection_->view()->sequence);
  EXPECT_EQ(report.plan.substr(0, 12), "shortlist 14");
}

TEST_F(CollectionRecallTest, AnExactSearchFindsAll) {
  SearchRequest request;
  request.plan = ExactRequest{};
  request.offset = 7;
  request.score_threshold = 2.0f;  // which no hit reaches
  const RecallReport report = Measure(request, QueriesOf(queries_));
  EXPECT_EQ(report.recall, 1);
  EXPECT_EQ(report.worst, 1);
  EXPECT_EQ(report.estimated_recall, 1);
}

TEST_F(CollectionRecallTest, WhatAnExactSearchTakesIsThatOfOne) {
  collection_.tick = absl::Microseconds(1);
  SearchRequest request;
  request.plan = ExactRequest{};
  const RecallReport report = Measure(request, QueriesOf({queries_[0]}));
  EXPECT_GT(report.cost, absl::ZeroDuration());
  EXPECT_EQ(report.exact_cost, report.cost);
}

TEST_F(CollectionRecallTest, AHitAsGoodAsTheLastOfThemIsOne) {
  std::vector<NamedVector> points;
  for (size_t i = 0; i < 50; ++i) points.push_back({Id(5000 + i), vectors_[0]});
  collection_.Upsert(points);
  collection_.Index();
  EXPECT_EQ(Measure(ShortlistOf(12), QueriesOf({vectors_[0]})).recall, 1);
}

TEST_F(CollectionRecallTest, WithAFilterItIsOfWhatTheFilterLeaves) {
  Filter filter;
  filter.kind = Filter::Kind::kHasId;
  for (uint64_t id = 0; id < 5; ++id) filter.ids.push_back(Id(id));
  PrepareFilter(&filter);
  SearchRequest request = ShortlistOf(20);
  request.filter = &filter;
  const RecallReport report = Measure(request, QueriesOf(queries_));
  EXPECT_EQ(report.recall, 1) << "all five, of ten that were wanted";
  filter.ids.clear();
  EXPECT_EQ(Measure(request, QueriesOf(queries_)).recall, 1) << "none, and there is none";
}

// A walk through rows that are mostly left out meets some that are not, but not the best of them: a
// scan of all codes finds no more.
TEST_F(CollectionRecallTest, AFilterOfWhatIsFarFromTheQueryIsNoMatterForAMargin) {
  TestCollection flat(FlatSpec());
  Store(vectors_, &flat);
  double walked = 0, scanned = 0;
  for (const std::vector<float>& query : queries_) {
    SearchRequest request;
    request.vector = query;
    request.limit = 1000;
    request.plan = ExactRequest{};
    const std::vector<PointId> order = testing::IdsOf(collection_.Search(request));
    Filter filter;
    filter.kind = Filter::Kind::kHasId;
    filter.ids.assign(order.begin() + 300, order.end());
    PrepareFilter(&filter);
    request.limit = 10;
    request.filter = &filter;
    request.plan = EffortRequest{{.size = 60, .ef = 60, .nprobe = 1, .margin = {10, 0.3f}}};
    walked += Measure(request, QueriesOf({query})).recall;
    scanned += ValueOf(flat->MeasureRecall(request, QueriesOf({query}), 1, NeverStop)).recall;
  }
  EXPECT_GE(walked, 0.95 * scanned);
}

TEST_F(CollectionRecallTest, GoesByTheSearchesThatItWasAskedOrByPoints) {
  EXPECT_EQ(Measure(ShortlistOf(20), {}).source, RecallReport::Source::kPoints);
  EXPECT_EQ(Measure(ShortlistOf(20), {}).queries, 100u);
  EXPECT_EQ(Measure(ShortlistOf(20), {}, 2000).queries, 1000u);
  SearchRequest request = ShortlistOf(20);
  for (const std::vector<float>& query : queries_) {
    request.vector = query;
    (void)collection_.Search(request);
  }
  EXPECT_EQ(Measure(ShortlistOf(20), {}).source, RecallReport::Source::kQueries);
  EXPECT_EQ(Measure(ShortlistOf(20), {}).queries, 100u);
  EXPECT_EQ(Measure(ShortlistOf(20), {}, 500).source, RecallReport::Source::kPoints);
}

// Some of them ask for nothing in particular.
TEST(MeasureRecallTest, ZeroQueriesAreNoneToGoBy) {
  CollectionSpec spec = FlatSpec();
  spec.metric = Metric::kDot;
  TestCollection collection(spec);
  Store(ClusteredVectors(300, kRecallDims, 20, 1), &collection);
  SearchRequest request = ShortlistOf(20);
  const std::vector<float> nothing(kRecallDims, 0);
  request.vector = nothing;
  for (int i = 0; i < 200; ++i) (void)collection.Search(request);
  const RecallReport report =
      ValueOf(collection->MeasureRecall(ShortlistOf(20), {}, 100, NeverStop));
  EXPECT_EQ(report.source, RecallReport::Source::kPoints);
}

TEST_F(CollectionRecallTest, WithoutPointsThereIsNothingToMeasureBy) {
  TestCollection empty(RecallSpec());
  EXPECT_EQ(empty->MeasureRecall(ShortlistOf(20), {}, 10, NeverStop).status(),
            absl::FailedPreconditionError("collection 'docs' has no points to measure by"));
  EXPECT_EQ(
      ValueOf(empty->MeasureRecall(ShortlistOf(20), QueriesOf(queries_), 10, NeverStop)).recall, 1);
}

TEST_F(CollectionRecallTest, StopsWhenItIsTold) {
  int left = 40;
  const auto stop = [&left] {
    return left-- > 0 ? absl::OkStatus() : absl::CancelledError("enough");
  };
  EXPECT_EQ(collection_->MeasureRecall(ShortlistOf(20), {}, 100, stop).status(),
            absl::CancelledError("enough"));
}

// Searches whose turn it is to be done again are, after each of them.
void SearchAdaptively(const std::vector<std::vector<float>>& queries, float target,
                      TestCollection* collection) {
  for (const std::vector<float>& query : queries) {
    SearchRequest request;
    request.vector = query;
    request.plan = AdaptiveRequest{target};
    (void)collection->Search(request);
    while (ValueOf((*collection)->AuditOnce())) {
    }
  }
}

// The clock stands still: no plan is left out because of its time.
TEST(CollectionAuditTest, TellsWhatSearchesFind) {
  TestCollection collection(FlatSpec());
  collection.audit_share = 1;
  collection.Reopen();
  std::vector<std::vector<float>> vectors =
      ClusteredVectors(kLeastCalibrated + 100, kRecallDims, 20, 1);
  const std::vector<std::vector<float>> queries(vectors.end() - 100, vectors.end());
  vectors.resize(kLeastCalibrated);
  Store(vectors, &collection);
  (void)collection->AskForCalibration();
  ASSERT_TRUE(ValueOf(collection->CalibrateOnce()));
  EXPECT_FALSE(ValueOf(collection->AuditOnce()));
  SearchRequest exact;
  exact.vector = queries[0];
  exact.plan = ExactRequest{};
  (void)collection.Search(exact);
  EXPECT_FALSE(ValueOf(collection->AuditOnce())) << "there is nothing to find out";
  SearchAdaptively(queries, 0.5f, &collection);
  const AuditFigures figures = collection->Stats().audit;
  EXPECT_EQ(figures.searches, queries.size());
  EXPECT_GT(figures.recall, 0.5);
  EXPECT_NEAR(figures.target, 0.5, 1e-6);
  EXPECT_EQ(figures.alarms, 0u);

  // What is wanted of half of the searches is half of it on average, at least.
  for (const std::vector<float>& query : queries) {
    SearchRequest request;
    request.vector = query;
    request.plan = AdaptiveRequest{0.5f, 0.5f};
    ASSERT_FALSE(collection.Search(request).exact);
    ASSERT_TRUE(ValueOf(collection->AuditOnce()));
  }
  EXPECT_NEAR(collection->Stats().audit.target, (0.5 + 0.25) / 2, 1e-6);
}

// Queries that are like no point.
std::vector<std::vector<float>> StrangeQueries(size_t count) {
  testing::Random random(3);
  std::vector<std::vector<float>> queries;
  for (size_t i = 0; i < count; ++i) queries.push_back(random.GaussianVector(kRecallDims));
  return queries;
}

TEST(CollectionAlarmTest, CalibratesAnew) {
  TestCollection collection(FlatSpec());
  collection.audit_share = 1;
  collection.Reopen();
  Store(ClusteredVectors(kLeastCalibrated, kRecallDims, 200, 1), &collection);
  (void)collection->AskForCalibration();
  ASSERT_TRUE(ValueOf(collection->CalibrateOnce()));
  EXPECT_FALSE(ValueOf(collection->CalibrateOnce())) << "there is no reason to";
  const auto before = collection->view()->calibration;
  SearchAdaptively(StrangeQueries(300), 0.8f, &collection);
  ASSERT_EQ(collection->Stats().audit.alarms, 1u) << collection->Stats().audit.recall;
  SearchRequest request;
  const std::vector<float> query = StrangeQueries(1)[0];
  request.vector = query;
  request.plan = AdaptiveRequest{0.8f};
  EXPECT_TRUE(collection.Search(request).exact) << "by the careful rule, of so few points";
  EXPECT_FALSE(collection->Stats().calibration_holds);

  // A restart does not make it good.
  EXPECT_FALSE(ValueOf(collection->MergeOnce(1)));  // which writes the manifest
  collection.Reopen();
  collection.Index();
  ASSERT_NE(collection->Stats().calibration, nullptr);
  EXPECT_FALSE(collection->Stats().calibration_holds);
  EXPECT_TRUE(collection.Search(request).exact);
  EXPECT_TRUE(ValueOf(collection->CalibrateOnce()));
  EXPECT_TRUE(collection->Stats().calibration_holds);
  EXPECT_FALSE(collection.Search(request).exact);
  EXPECT_NE(collection->view()->calibration, before);
  EXPECT_EQ(collection->Stats().audit.searches, 0u);
  EXPECT_FALSE(ValueOf(collection->CalibrateOnce()));
}

// While calibrating the clock is looked at all the time.
TEST(CollectionAlarmTest, AboutTheFirstTablesStandsWhenThereAreMore) {
  TestCollection collection(FlatSpec());
  collection.audit_share = 1;
  bool searches = false;
  collection.clock = [&] {
    const auto calibration = searches ? collection->view()->calibration : nullptr;
    if (calibration != nullptr && calibration->tables.size() == 2) {  // up to ten hits
      searches = false;
      std::thread([&] { SearchAdaptively(StrangeQueries(100), 0.8f, &collection); }).join();
    }
    return collection.now;
  };
  collection.Reopen();
  Store(ClusteredVectors(kLeastCalibrated, kRecallDims, 200, 1), &collection);
  (void)collection->AskForCalibration();
  searches = true;
  ASSERT_TRUE(ValueOf(collection->CalibrateOnce()));
  EXPECT_FALSE(searches);
  EXPECT_EQ(collection->Stats().audit.alarms, 1u) << collection->Stats().audit.recall;
  EXPECT_FALSE(collection->view()->calibration->unfinished);
  EXPECT_TRUE(collection->view()->calibration_is_void);
  EXPECT_TRUE(ValueOf(collection->CalibrateOnce())) << "another one is due";
  EXPECT_FALSE(collection->view()->calibration_is_void);
}

}  // namespace
}  // namespace nestor
