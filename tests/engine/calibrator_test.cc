// Collections that measure their own searches.

#include "engine/calibrator.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "engine/scalar.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

using testing::ClusteredVectors;
using testing::Id;
using testing::IdsOf;
using testing::NamedVector;
using testing::TestCollection;
using testing::ValueOf;

constexpr size_t kCalibratedPoints = 2000;
constexpr size_t kCalibratedDims = 32;
constexpr size_t kMeasuredQueries = 200;  // queries

using Vectors = std::vector<std::vector<float>>;

// Points, and queries that are like them.
struct CalibratedData {
  explicit CalibratedData(size_t queries_count = kMeasuredQueries) {
    points = ClusteredVectors(kCalibratedPoints + queries_count, kCalibratedDims, 40, 1);
    queries.assign(points.begin() + kCalibratedPoints, points.end());
    points.resize(kCalibratedPoints);
  }
  Vectors points, queries;
};

void Load(const Vectors& points, TestCollection* collection) {
  std::vector<NamedVector> named;
  for (size_t i = 0; i < points.size(); ++i) named.push_back({Id(i), points[i]});
  collection->Upsert(named);
  collection->Index();
}

SearchRequest RequestFor(const std::vector<float>& query, const PlanRequest& plan,
                         uint32_t limit = 10) {
  SearchRequest request;
  request.vector = query;
  request.limit = limit;
  request.plan = plan;
  return request;
}

absl::StatusOr<bool> CalibrateNow(TestCollection& collection) {
  (void)collection->AskForCalibration();
  return collection->CalibrateOnce();
}

// By it scoring all of so few points takes less time than anything else, which is soon seen.
absl::Time RealTime() { return absl::Now(); }

double MeasuredRecall(const Vectors& queries, float target, uint32_t limit,
                      TestCollection* collection, const Filter* filter = nullptr) {
  size_t found = 0;
  for (const std::vector<float>& query : queries) {
    SearchRequest request = RequestFor(query, ExactRequest{}, limit);
    request.filter = filter;
    const auto truth = IdsOf(collection->Search(request));
    request.plan = AdaptiveRequest{target};
    const SearchResult result = collection->Search(request);
    EXPECT_TRUE(result.estimated_recall.has_value());
    EXPECT_GE(result.estimated_recall.value_or(0), target);
    for (const PointId& id : IdsOf(result)) found += std::count(truth.begin(), truth.end(), id);
  }
  return static_cast<double>(found) / static_cast<double>(queries.size() * limit);
}

class CalibrationTest : public ::testing::TestWithParam<std::tuple<IndexKind, Metric>> {
 protected:
  CollectionSpec Spec() const {
    CollectionSpec spec;
    spec.dims = kCalibratedDims;
    spec.index_kind = std::get<0>(GetParam());
    spec.metric = std::get<1>(GetParam());
    spec.prefix_dims = 16;
    spec.prefix_bits = 4;
    return spec;
  }
};

// The clock stands still: plans are ordered by what they find, and none is left out because of its
// time.
TEST_P(CalibrationTest, SearchesFindWhatWasAskedFor) {
  const CalibratedData data;
  TestCollection collection(Spec());
  Load(data.points, &collection);
  ASSERT_TRUE(ValueOf(CalibrateNow(collection)));
  const auto calibration = collection->view()->calibration;
  ASSERT_NE(calibration, nullptr);
  EXPECT_EQ(calibration->points, kCalibratedPoints);
  EXPECT_FALSE(calibration->by_queries);
  ASSERT_GE(calibration->tables.size(), 3u);
  for (const CalibrationTable& table : calibration->tables) {
    // For 100 of 2,000 points scoring all of them is simplest.
    EXPECT_GE(table.plans.size(), table.top < 100 ? 3u : 1u) << table.top;
    EXPECT_TRUE(table.plans.back().exact);
    for (size_t i = 1; i < table.plans.size(); ++i) {
      EXPECT_GE(table.plans[i].promised, table.plans[i - 1].promised);
    }
  }
  for (const float target : {0.8f, 0.9f, 0.95f}) {
    // 200 queries tell the mean to about 0.01.
    EXPECT_GE(MeasuredRecall(data.queries, target, 10, &collection), target - 0.02) << target;
    EXPECT_GE(MeasuredRecall(data.queries, target, 30, &collection), target - 0.02) << target;
  }

  Filter filter;
  filter.kind = Filter::Kind::kHasId;
  for (size_t i = 0; i < kCalibratedPoints; i += 3) filter.ids.push_back(Id(i));
  PrepareFilter(&filter);
  EXPECT_GE(MeasuredRecall(data.queries, 0.9f, 10, &collection, &filter), 0.88);
  EXPECT_GE(MeasuredRecall(data.queries, 0.9f, 3, &collection, &filter), 0.88);

  // Of 2,000 points a share of .5 and .2 is worth an index.
  size_t of_shares = 0;
  for (const CalibrationTable& table : calibration->tables) of_shares += table.share < 1 ? 1 : 0;
  EXPECT_EQ(of_shares, 2u);
}

INSTANTIATE_TEST_SUITE_P(Kinds, CalibrationTest,
                         ::testing::Values(std::tuple(IndexKind::kHnsw, Metric::kCosine),
                                           std::tuple(IndexKind::kIvf, Metric::kL2),
                                           std::tuple(IndexKind::kFlat, Metric::kDot)));

// Searches of which is known what they find and take: more with a longer shortlist, half of it if a
// stage keeps less than three times as many rows as there are hits, or there is a filter; and 1 us
// for each block of a row.
class KnownSearches {
 public:
  explicit KnownSearches(const ResolvedSpec& spec) : blocks_(spec.dims / 64) {}

  void operator()(double share, absl::Span<SearchTask> tasks) const {
    for (SearchTask& task : tasks) Answer(share, *task.request, task.result);
  }

 private:
  void Answer(double share, const SearchRequest& request, SearchResult* result) const {
    const auto* effort = std::get_if<EffortRequest>(&request.plan);
    double hits = request.limit;
    double blocks = 100'000 * share * blocks_;
    if (effort != nullptr) {
      const auto size = static_cast<double>(effort->effort.size);
      const bool staged = effort->stage.keep > 0;
      hits = std::min(hits, size / 20);
      if (staged && (effort->stage.keep < 3 * request.limit || share < 1)) hits /= 2;
      blocks =
          staged ? size * effort->stage.dims / 64 + effort->stage.keep * blocks_ : size * blocks_;
    }
    result->hits.clear();
    for (uint64_t id = 0; id + 0.5 <= hits; ++id) {
      result->hits.push_back({.id = Id(id), .payload = "", .vector = {}});
    }
    result->stages = {{.name = "all", .time = absl::Microseconds(blocks)}};
  }

  const double blocks_;
};

std::vector<CalibrationTable> TablesOf(uint32_t dims) {
  CollectionSpec wanted;
  wanted.dims = dims;
  const ResolvedSpec spec = testing::Resolve(wanted);
  std::vector<SampledQuery> queries(kLeastQueries);
  for (SampledQuery& query : queries) query.vector = {1};
  const KnownSearches search(spec);
  size_t measured = 0;
  std::vector<CalibrationTable> tables = ValueOf(MeasurePlans(
      spec, 100'000, queries, search, testing::NeverStop,
      [&](absl::Span<const CalibrationTable> so_far) { EXPECT_EQ(so_far.size(), ++measured); }));
  EXPECT_EQ(tables.size(), measured);
  return tables;
}

TEST(MeasurePlansTest, LongVectorsGoThroughAStageWhereThatTakesLess) {
  for (const CalibrationTable& table : TablesOf(2048)) {
    SCOPED_TRACE(table.top);
    size_t staged = 0;
    for (const CalibratedPlan& plan : table.plans) {
      if (plan.stage.keep == 0) continue;
      ++staged;
      EXPECT_EQ(plan.stage.dims, 512u);
      EXPECT_GE(plan.stage.keep, table.top);
      EXPECT_LE(2 * plan.stage.keep, plan.effort.size);
    }
    // For one hit a shortlist is short enough.
    if (table.share == 1) {
      EXPECT_EQ(staged > 0, table.top > 1);
    }
    // Each query finds the same, and no plan is worth less for one after it.
    for (const CalibratedPlan& plan : table.plans) EXPECT_NEAR(plan.promised, plan.recall, 0.01);
  }
}

TEST(MeasurePlansTest, ShortVectorsGoThroughNone) {
  for (const CalibrationTable& table : TablesOf(768)) {
    for (const CalibratedPlan& plan : table.plans) EXPECT_EQ(plan.stage, Stage{});
  }
}

CollectionSpec CalibratedSpec() {
  CollectionSpec spec;
  spec.dims = kCalibratedDims;
  spec.prefix_dims = 16;
  spec.prefix_bits = 4;
  return spec;
}

TEST(CollectionCalibrationTest, IsByTheQueriesOfUsersOnceThereAreEnough) {
  const CalibratedData data(kLeastQueries);
  TestCollection collection(CalibratedSpec());
  collection.clock = RealTime;
  Load(data.points, &collection);
  EXPECT_FALSE(ValueOf(collection->CalibrateOnce()));  // the first look
  EXPECT_TRUE(ValueOf(collection->CalibrateOnce()));
  EXPECT_FALSE(collection->view()->calibration->by_queries);
  for (const std::vector<float>& query : data.queries) {
    EXPECT_FALSE(ValueOf(collection->CalibrateOnce()));
    (void)collection.Search(RequestFor(query, AdaptiveRequest{}));
  }
  EXPECT_TRUE(ValueOf(collection->CalibrateOnce()));
  EXPECT_TRUE(collection->view()->calibration->by_queries);
  EXPECT_EQ(collection->view()->calibration->tables[0].queries, kLeastQueries - kScheduleQueries);
  EXPECT_FALSE(ValueOf(collection->CalibrateOnce()));
}

TEST(CollectionCalibrationTest, TooFewPointsAreNotCalibrated) {
  const CalibratedData data;
  TestCollection collection(CalibratedSpec());
  collection.clock = RealTime;
  Load({data.points.begin(), data.points.begin() + kLeastCalibrated - 1}, &collection);
  for (int look = 0; look < 3; ++look) EXPECT_FALSE(ValueOf(collection->CalibrateOnce()));
  const uint64_t number = collection->AskForCalibration();
  EXPECT_FALSE(ValueOf(collection->CalibrationEnded(number)));
  const absl::Status status = collection->CalibrateOnce().status();
  EXPECT_EQ(status,
            absl::FailedPreconditionError(
                "collection 'docs': 1999 points are too few to calibrate by, it takes 2000"));
  EXPECT_EQ(collection->CalibrationEnded(number).status(), status);
  FunnelRequest funnel;
  funnel.shortlist_size = 50;
  EXPECT_FALSE(collection.Search(RequestFor(data.queries[0], funnel)).estimated_recall.has_value());
  EXPECT_EQ(collection.Search(RequestFor(data.queries[0], ExactRequest{})).estimated_recall, 1);
}

TEST(CollectionCalibrationTest, IsMadeOnlyWhenAskedForIfThatIsWanted) {
  const CalibratedData data;
  TestCollection collection(CalibratedSpec());
  collection.clock = RealTime;
  collection.calibrates_itself = false;
  collection.Reopen();
  Load(data.points, &collection);
  for (int look = 0; look < 3; ++look) EXPECT_FALSE(ValueOf(collection->CalibrateOnce()));
  EXPECT_TRUE(ValueOf(CalibrateNow(collection)));
}

// As wide as it is, a margin leaves out nothing; without any width, what remains of two segments is
// what is as good as the tenth of both, and not of each.
TEST(CollectionCalibrationTest, AMarginReachesOverSegments) {
  const CalibratedData data;
  TestCollection collection(CalibratedSpec());
  for (size_t half = 0; half < 2; ++half) {
    std::vector<NamedVector> named;
    for (size_t i = half; i < 1000; i += 2) named.push_back({Id(i), data.points[i]});
    collection.Upsert(named);
    collection.Seal();
  }
  ASSERT_EQ(collection->view()->segments.size(), 2u);
  const auto shortlisted = [&](float width, size_t query) {
    ShortlistEffort effort = {.size = 60, .ef = 60, .nprobe = 1, .margin = {10, width}};
    const SearchResult result =
        collection.Search(RequestFor(data.queries[query], EffortRequest{effort}));
    EXPECT_EQ(result.hits.size(), 10u);
    EXPECT_EQ(result.stages.front().name, "shortlist");
    return result.stages.front().candidates_out;
  };
  for (size_t query = 0; query < 20; ++query) {
    EXPECT_EQ(shortlisted(1e6f, query), 60u);
    EXPECT_EQ(shortlisted(0, query), 10u);  // ties aside, of which there are none
  }
}

TEST(CollectionCalibrationTest, WhatIsAskedForWaitsForTheIndex) {
  const CalibratedData data;
  TestCollection collection(CalibratedSpec());
  collection.clock = RealTime;
  Load(data.points, &collection);
  collection.Upsert({{Id(99999), data.queries[0]}});
  collection.Seal();  // a segment that is not indexed yet
  const uint64_t number = collection->AskForCalibration();
  EXPECT_FALSE(ValueOf(collection->CalibrateOnce()));
  EXPECT_FALSE(ValueOf(collection->CalibrationEnded(number)));
  collection.Index();
  EXPECT_TRUE(ValueOf(collection->CalibrateOnce()));
  EXPECT_TRUE(ValueOf(collection->CalibrationEnded(number)));
  EXPECT_FALSE(ValueOf(collection->CalibrationEnded(number + 1)));
}

TEST(CollectionCalibrationTest, IsThereAfterARestart) {
  const CalibratedData data;
  TestCollection collection(CalibratedSpec());
  collection.clock = RealTime;
  Load(data.points, &collection);
  ASSERT_TRUE(ValueOf(CalibrateNow(collection)));
  const auto before = collection->view()->calibration;
  EXPECT_FALSE(ValueOf(collection->MergeOnce(1)));  // which writes the manifest
  collection.Reopen();
  collection.Index();
  const auto after = collection->view()->calibration;
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(after->points, before->points);
  ASSERT_EQ(after->tables.size(), before->tables.size());
  EXPECT_EQ(after->tables[1].plans.size(), before->tables[1].plans.size());
  EXPECT_EQ(after->tables[1].plans[0].effort, before->tables[1].plans[0].effort);
}

// The clock is looked at all the time.
TEST(CollectionCalibrationTest, WhatIsMeasuredCountsAtOnceWhereNothingElseHolds) {
  const CalibratedData data;
  TestCollection collection(CalibratedSpec());
  bool looks = false;
  std::set<size_t> tables;  // that there were before it was finished
  collection.clock = [&] {
    const auto calibration = looks ? collection->view()->calibration : nullptr;
    if (calibration != nullptr && calibration->unfinished) {
      tables.insert(calibration->tables.size());
    }
    return absl::Now();
  };
  Load(data.points, &collection);
  looks = true;
  ASSERT_TRUE(ValueOf(CalibrateNow(collection)));
  EXPECT_THAT(tables, ::testing::IsSupersetOf({1u, 2u, 3u}));
  EXPECT_FALSE(collection->view()->calibration->unfinished);

  tables.clear();
  ASSERT_TRUE(ValueOf(CalibrateNow(collection)));
  EXPECT_THAT(tables, ::testing::IsEmpty()) << "there was one that says more";
}

TEST(CollectionCalibrationTest, WhatEndedEarlyIsFinishedAfterARestart) {
  const CalibratedData data;
  TestCollection collection(CalibratedSpec());
  size_t stops_at = 0;
  size_t fewest = 100;  // tables, while it is finished
  bool finishes = false;
  collection.clock = [&] {
    if (finishes) fewest = std::min(fewest, collection->view()->calibration->tables.size());
    const auto calibration = stops_at > 0 ? collection->view()->calibration : nullptr;
    if (calibration != nullptr && calibration->tables.size() == stops_at) {
      stops_at = 0;
      (void)ValueOf(collection->MergeOnce(1));  // which writes the manifest
      collection->Close();
    }
    return absl::Now();
  };
  Load(data.points, &collection);
  stops_at = 2;
  EXPECT_EQ(CalibrateNow(collection).status().code(), absl::StatusCode::kCancelled);
  collection.Reopen();
  collection.Index();
  const auto begun = collection->view()->calibration;
  ASSERT_NE(begun, nullptr);
  EXPECT_TRUE(begun->unfinished);
  EXPECT_EQ(begun->tables.size(), 2u);
  EXPECT_GT(MeasuredRecall(data.queries, 0.9f, 10, &collection), 0.88);
  finishes = true;
  EXPECT_TRUE(ValueOf(collection->CalibrateOnce())) << "nobody has to ask for it";
  EXPECT_EQ(fewest, 2u) << "what there is counts until there is more";
  EXPECT_FALSE(collection->view()->calibration->unfinished);
  EXPECT_GT(collection->view()->calibration->tables.size(), 2u);
}

// What no segment has yet is found whatever the effort, and then it is not any more.
TEST(CollectionCalibrationTest, WaitsUntilNearlyEverythingIsInSegments) {
  const CalibratedData data;
  TestCollection collection(CalibratedSpec());
  collection.clock = RealTime;
  Load(data.points, &collection);
  uint64_t id = kCalibratedPoints;
  for (const size_t more : {200, 100}) {
    for (size_t i = 0; i < more; ++i, ++id) collection.Upsert({{Id(id), data.points[i]}});
    EXPECT_FALSE(ValueOf(collection->CalibrateOnce())) << "something was written since";
    EXPECT_FALSE(ValueOf(collection->CalibrateOnce()));
    EXPECT_EQ(collection->view()->deltas.size(), 2u) << "sealed";
    EXPECT_FALSE(ValueOf(collection->CalibrateOnce())) << "not indexed";
    collection.Index();
  }
  EXPECT_TRUE(ValueOf(collection->CalibrateOnce()));
  EXPECT_EQ(collection->view()->calibration->points, kCalibratedPoints + 300);
}

TEST(CollectionCalibrationTest, AClosedCollectionIsNotCalibrated) {
  const CalibratedData data;
  TestCollection collection(CalibratedSpec());
  collection.clock = RealTime;
  Load(data.points, &collection);
  collection->Close();
  EXPECT_FALSE(ValueOf(CalibrateNow(collection)));
}

}  // namespace
}  // namespace nestor
