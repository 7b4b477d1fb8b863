// Walks of a graph of which a filter leaves out rows.

#include <memory>
#include <utility>
#include <vector>

#include "engine/hnsw_index.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

// A walk that comes back with too few rows is followed by a scan of all codes: right, but a hundred
// times as long. Rows that nothing links to tell the two apart.
TEST(HnswFilterTest, AWalkIsHardlyEverTooShort) {
  constexpr size_t kLinked = 4000, kQueries = 100, kDims = 16;
  constexpr PrefixCodeFormat kFormat = {Metric::kCosine, kDims, 8};
  testing::Random random(1);
  const auto tier = NewRerankTier(TierKind::kFloat32, kFormat.metric, kDims, kLinked);
  PrefixCodes codes(std::make_shared<const PrefixCoder>(kFormat));
  for (size_t row = 0; row < kLinked; ++row) {
    const std::vector<float> vector = random.GaussianVector(kDims);
    tier->Append(vector.data());
    codes.Append(vector.data());
  }
  HnswGraph graph =
      testing::ValueOf(BuildHnswGraph(PrefixReader(*tier, kFormat.metric, kDims), {}));
  std::vector<std::vector<float>> queries;
  for (size_t i = 0; i < kQueries; ++i) {
    queries.push_back(random.GaussianVector(kDims));
    codes.Append(queries.back().data());
  }
  graph.nodes += kQueries;
  graph.base.resize(graph.nodes * graph.base_stride);
  graph.upper_offset.resize(graph.nodes);
  const HnswIndex index(std::move(codes), std::move(graph));

  for (const size_t one_in : {2, 5}) {
    RowBitmap left_out(kLinked + kQueries);
    for (uint32_t row = 0; row < kLinked; ++row) {
      if (!random.OneIn(one_in)) left_out.Set(row);
    }
    for (const size_t size : {20, 100}) {
      size_t scans = 0;
      ShortlistScratch scratch;
      for (size_t i = 0; i < kQueries; ++i) {
        const PrefixQuery query(*index.coder(), queries[i].data());
        ScoredRows found;
        index.Search({{&query, {size, size, 1}, &found}}, left_out, &scratch);
        ASSERT_EQ(found.size(), size);
        scans += found[0].row == kLinked + i ? 1 : 0;
      }
      EXPECT_LE(scans, kQueries / 20) << size << ", one in " << one_in;
    }
  }
}

}  // namespace
}  // namespace nestor
