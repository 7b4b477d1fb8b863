#include "benchmarks/loaded_engine.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "benchmarks/engine_methods.h"
#include "benchmarks/filter_fields.h"
#include "benchmarks/ground_truth.h"
#include "tests/benchmarks/bench_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::RandomMatrix;

std::unique_ptr<LoadedEngine> LoadRandom(const FloatMatrix& base) {
  CollectionSpec spec;
  spec.name = "bench";
  spec.dims = static_cast<uint32_t>(base.dims);
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
  for (size_t q = 0; q < queries.rows; ++q) {
    RowIds rows;
    ASSERT_TRUE(engine->Search(queries.Row(q), 10, ExactRequest{}, &rows).ok());
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
  const SearchResult result = *engine->Search(request);
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

TEST(EngineMethodsTest, OneVariantForEachTargetAndForShortlistsFromTheLimit) {
  const std::shared_ptr<const LoadedEngine> engine = LoadRandom(RandomMatrix(300, 70, 1));
  const std::vector<Method> methods = EngineMethods(engine, {0.5, 0.9}, 150);
  ASSERT_EQ(methods.size(), 3U);
  EXPECT_EQ(methods[0].variants.size(), 2U);
  EXPECT_EQ(methods[0].variants[0].knob, "recall 0.5");
  EXPECT_EQ(methods[1].variants.front().knob, "K 200");
  EXPECT_EQ(methods[2].variants.size(), 1U);
  EXPECT_GT(methods[0].bytes_per_vector, 70);
}

}  // namespace
}  // namespace nestor::bench
