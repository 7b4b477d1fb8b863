#include "benchmarks/loaded_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "benchmarks/engine_methods.h"
#include "benchmarks/filter_fields.h"
#include "benchmarks/ground_truth.h"
#include "tests/benchmarks/bench_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::RandomMatrix;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAreArray;

std::unique_ptr<LoadedEngine> LoadRandom(const FloatMatrix& base,
                                         IndexKind kind = IndexKind::kHnsw) {
  CollectionSpec spec;
  spec.name = "bench";
  spec.dims = static_cast<uint32_t>(base.dims);
  spec.index_kind = kind;
  return *LoadedEngine::Load(base, {}, spec, [](absl::string_view error) { FAIL() << error; });
}

TEST(LoadedEngineTest, EverythingIsIndexed) {
  const auto engine = LoadRandom(RandomMatrix(1500, 70, 1));
  EXPECT_EQ(engine->Stats().points, 1500U);
  EXPECT_EQ(engine->Stats().unindexed_points, 0U);
  EXPECT_GT(engine->Stats().index_bytes, 0U);
}

TEST(LoadedEngineTest, ExactSearchFindsTheTruth) {
  const FloatMatrix base = RandomMatrix(1500, 70, 1);
  const FloatMatrix queries = RandomMatrix(10, 70, 2);
  const auto engine = LoadRandom(base);
  const Answers truth = ExactNeighbours(ExactScorer(base, Metric::kCosine), base, queries, 10, 1);
  SearchRequest common;
  common.plan = ExactRequest{};
  for (size_t q = 0; q < queries.rows; ++q) {
    RowIds rows;
    ASSERT_TRUE(engine->Search(queries.Row(q), common, &rows).ok());
    EXPECT_EQ(rows, truth[q]);
  }
}

TEST(LoadedEngineTest, PayloadsCanBeFilteredBy) {
  const FloatMatrix base = RandomMatrix(50, 70, 1);
  const FilterFields fields =
      MakeFilterFields(ExactScorer(base, Metric::kCosine), base, {.regions = 3, .seed = 1});
  CollectionSpec spec;
  spec.name = "bench";
  spec.dims = 70;
  spec.payload_indexes = FilterFieldsSchema();
  const auto engine = *LoadedEngine::Load(base, EncodePayloads(fields), spec,
                                          [](absl::string_view error) { FAIL() << error; });
  Filter filter;
  filter.kind = Filter::Kind::kCompare;
  filter.comparison = {kRankField, CompareOp::kEqual, {int64_t{0}}};
  PrepareFilter(&filter);
  SearchRequest request;
  request.vector = {base.Row(7), base.dims};
  request.filter = &filter;
  SearchResult result;
  ASSERT_TRUE(engine->Search(request, &result).ok());
  const auto first = std::find(fields.ranks.begin(), fields.ranks.end(), 0);
  EXPECT_EQ(LoadedEngine::RowsOf(result.hits),
            RowIds{static_cast<uint32_t>(first - fields.ranks.begin())});
}

TEST(LoadedEngineTest, AnImpossibleSpecIsRefused) {
  CollectionSpec spec;
  spec.name = "bench";
  spec.dims = 4;
  spec.prefix_dims = 5;
  EXPECT_EQ(LoadedEngine::Load(RandomMatrix(10, 4, 1), {}, spec, [](absl::string_view) {})
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
}

std::vector<std::string> Knobs(const Method& method) {
  std::vector<std::string> knobs;
  for (const Variant& variant : method.variants) knobs.push_back(variant.knob);
  return knobs;
}

TEST(EngineMethodTest, SweepsTargetsAndShortlistsFromTheLimit) {
  const std::shared_ptr<const LoadedEngine> engine = LoadRandom(RandomMatrix(300, 70, 1));
  const Method method = EngineMethod(engine, {.recall_targets = {0.5, 0.9}}, 150);
  EXPECT_EQ(method.system, "nestor_hnsw");
  EXPECT_THAT(Knobs(method), ElementsAre("adaptive 0.5", "adaptive 0.9", "funnel K 200",
                                         "funnel K 400", "funnel K 800", "exact"));
  EXPECT_GT(method.cost.resident_bytes_per_vector, 64);                     // its codes
  EXPECT_GE(method.cost.mapped_bytes_per_vector, 70 + 70 * sizeof(float));  // tier and points
}

// Which keep as many rows as there are to be hits, and fewer than the shortlist has, by some of the
// dims.
TEST(EngineMethodTest, SweepsTheStagesThatLeaveSomethingOut) {
  const std::shared_ptr<const LoadedEngine> engine = LoadRandom(RandomMatrix(300, 200, 1));
  const MeasuredPlans plans = {.stages = {{64, 300}, {128, 200}, {64, 100}, {200, 300}},
                               .exact = false};
  EXPECT_THAT(
      Knobs(EngineMethod(engine, plans, 150)),
      ElementsAre("funnel K 200", "funnel K 400", "funnel K 400 64d 300", "funnel K 400 128d 200",
                  "funnel K 800", "funnel K 800 64d 300", "funnel K 800 128d 200"));
}

TEST(EngineMethodTest, BatchesAreAnsweredAsTheirQueriesAre) {
  const FloatMatrix queries = RandomMatrix(21, 70, 2);
  const std::shared_ptr<const LoadedEngine> engine = LoadRandom(RandomMatrix(300, 70, 1));
  const MeasuredPlans plans = {.recall_targets = {0.5}, .stages = {{64, 160}}};
  const Method one_by_one = EngineMethod(engine, plans, 150);
  const Method batches = EngineMethod(engine, plans, 150, 8);
  EXPECT_EQ(batches.system, "nestor_hnsw_batch_8");
  ASSERT_EQ(Knobs(batches), Knobs(one_by_one));
  for (size_t i = 0; i < batches.variants.size(); ++i) {
    EXPECT_EQ(batches.variants[i].params["batch"], 8);
    Answers together, alone;
    ASSERT_TRUE(batches.variants[i].answer(queries, &together).ok());
    ASSERT_TRUE(one_by_one.variants[i].answer(queries, &alone).ok());
    ASSERT_EQ(together.size(), queries.rows);
    EXPECT_EQ(together, alone);
  }
}

// With other scores.
TEST(EngineMethodTest, EstimatedScoresFindTheSame) {
  const FloatMatrix queries = RandomMatrix(21, 70, 2);
  const std::shared_ptr<const LoadedEngine> engine = LoadRandom(RandomMatrix(300, 70, 1));
  const Method exact = EngineMethod(engine, {.stages = {{64, 160}}, .exact = false}, 150);
  const Method estimated =
      EngineMethod(engine, {.stages = {{64, 160}}, .exact = false, .estimated_scores = true}, 150);
  EXPECT_EQ(estimated.system, "nestor_hnsw_estimated");
  ASSERT_EQ(Knobs(estimated), Knobs(exact));
  bool any_differs = false;
  for (size_t i = 0; i < exact.variants.size(); ++i) {
    EXPECT_EQ(estimated.variants[i].params["estimated_scores"], true);
    Answers of_estimated, of_exact;
    ASSERT_TRUE(estimated.variants[i].answer(queries, &of_estimated).ok());
    ASSERT_TRUE(exact.variants[i].answer(queries, &of_exact).ok());
    for (size_t q = 0; q < queries.rows; ++q) {
      any_differs = any_differs || of_estimated[q] != of_exact[q];
      EXPECT_THAT(of_estimated[q], UnorderedElementsAreArray(of_exact[q]));
    }
  }
  EXPECT_TRUE(any_differs) << "hits are in the order of codes";
}

TEST(EngineMethodTest, SweepsTheListsProbedToo) {
  const std::shared_ptr<const LoadedEngine> engine =
      LoadRandom(RandomMatrix(300, 70, 1), IndexKind::kIvf);
  const Method method = EngineMethod(engine, {}, 500);
  EXPECT_EQ(method.system, "nestor_ivf");
  EXPECT_THAT(Knobs(method),
              ElementsAre("funnel K 800 nprobe 4", "funnel K 800 nprobe 16",
                          "funnel K 800 nprobe 64", "funnel K 800 nprobe 256", "exact"));
}

}  // namespace
}  // namespace nestor::bench
