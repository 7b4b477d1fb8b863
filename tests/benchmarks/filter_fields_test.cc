#include "benchmarks/filter_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "engine/payload.h"
#include "storage/payload.pb.h"
#include "tests/benchmarks/bench_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::MakeMatrix;
using nestor::testing::RandomMatrix;
using ::testing::ElementsAre;
using ::testing::Le;
using ::testing::SizeIs;

FilterFields Make(const FloatMatrix& base, const FilterFieldsParams& params) {
  return MakeFilterFields(ExactScorer(base, Metric::kCosine), base, params);
}

TEST(FilterFieldsTest, RanksAreAPermutationThatTheSeedDecides) {
  const FloatMatrix base = RandomMatrix(200, 8, 1);
  FilterFields fields = Make(base, {.regions = 5, .seed = 7});
  EXPECT_EQ(fields.ranks, Make(base, {.regions = 5, .seed = 7}).ranks);
  EXPECT_NE(fields.ranks, Make(base, {.regions = 5, .seed = 8}).ranks);
  std::vector<int64_t> all(base.rows);
  std::iota(all.begin(), all.end(), 0);
  std::sort(fields.ranks.begin(), fields.ranks.end());
  EXPECT_EQ(fields.ranks, all);
}

TEST(FilterFieldsTest, EveryRowIsInTheRegionOfItsBestSeed) {
  const FloatMatrix base = RandomMatrix(200, 8, 1);
  const ExactScorer scorer(base, Metric::kCosine);
  const FilterFields fields = MakeFilterFields(scorer, base, {.regions = 5, .seed = 7});
  ASSERT_THAT(fields.seeds, SizeIs(5));
  ASSERT_THAT(fields.regions, SizeIs(200));
  for (size_t row = 0; row < base.rows; ++row) {
    const double score = scorer.Score(base.Row(row), fields.seeds[fields.regions[row]]);
    for (const uint32_t seed : fields.seeds) {
      EXPECT_THAT(scorer.Score(base.Row(row), seed), Le(score)) << row;
    }
  }
}

TEST(FilterFieldsTest, ThereAreNoMoreRegionsThanRows) {
  EXPECT_THAT(Make(MakeMatrix({{1, 0}, {0, 1}}), {.regions = 5, .seed = 1}).seeds,
              ElementsAre(0, 1));
}

TEST(FilterFieldsTest, PayloadsHoldBothFieldsAndTheSchemaIndexesThem) {
  const FilterFields fields{{1, 0}, {4, 9}, {}};
  const std::vector<std::string> payloads = EncodePayloads(fields);
  ASSERT_THAT(payloads, SizeIs(2));
  storage::PayloadRecord payload;
  ASSERT_TRUE(payload.ParseFromString(payloads[1]));
  EXPECT_THAT(ValuesAt(payload, "rank").scalars, ElementsAre(Scalar(int64_t{0})));
  EXPECT_THAT(ValuesAt(payload, "region").scalars, ElementsAre(Scalar(int64_t{9})));
  for (const char* path : {"rank", "region"}) {
    EXPECT_NE(FindField(FilterFieldsSchema(), path), nullptr) << path;
  }
}

}  // namespace
}  // namespace nestor::bench
