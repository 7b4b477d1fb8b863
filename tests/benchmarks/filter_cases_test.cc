#include "benchmarks/filter_cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/payload.pb.h"
#include "tests/benchmarks/bench_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::MakeMatrix;
using nestor::testing::RandomMatrix;
using ::testing::ElementsAre;
using ::testing::SizeIs;

// Three regions around the seeds 0, 2 and 5, of two, three and one rows.
struct Plane {
  FloatMatrix base = MakeMatrix({{1, 0}, {9, 1}, {1, 1}, {8, 9}, {9, 8}, {-1, 1}});
  ExactScorer scorer{base, Metric::kCosine};
  FilterFields fields{{5, 3, 0, 4, 1, 2}, {0, 0, 1, 1, 1, 2}, {0, 2, 5}};

  RowIds Rows(const FilterCase& filter_case, const std::vector<float>& query) const {
    return MakeQueryFilters(filter_case, fields, scorer, MakeMatrix({query})).front().rows;
  }
};

TEST(FilterCasesTest, IndependentFiltersKeepExactlyTheirShare) {
  const Plane plane;
  EXPECT_THAT(plane.Rows({Relation::kIndependent, 0.5}, {1, 0}), ElementsAre(2, 4, 5));
  EXPECT_THAT(plane.Rows({Relation::kIndependent, 0.001}, {1, 0}), ElementsAre(2));
  EXPECT_THAT(plane.Rows({Relation::kIndependent, 1}, {1, 0}), SizeIs(6));
}

TEST(FilterCasesTest, NearFiltersKeepTheBestRegionsAndFarOnesTheWorst) {
  const Plane plane;
  EXPECT_THAT(plane.Rows({Relation::kNear, 0.1}, {1, 0}), ElementsAre(0, 1));
  EXPECT_THAT(plane.Rows({Relation::kNear, 0.5}, {1, 0}), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(plane.Rows({Relation::kFar, 0.1}, {1, 0}), ElementsAre(5));
  EXPECT_THAT(plane.Rows({Relation::kFar, 0.5}, {1, 0}), ElementsAre(2, 3, 4, 5));
  EXPECT_THAT(plane.Rows({Relation::kFar, 1}, {1, 0}), SizeIs(6));
}

TEST(FilterCasesTest, TheFilterMatchesTheRowsThatAreSaidToSatisfyIt) {
  const FloatMatrix base = RandomMatrix(300, 8, 1);
  const ExactScorer scorer(base, Metric::kL2);
  const FilterFields fields = MakeFilterFields(scorer, base, {.regions = 20, .seed = 3});
  const std::vector<std::string> payloads = EncodePayloads(fields);
  for (const Relation relation : {Relation::kIndependent, Relation::kNear, Relation::kFar}) {
    for (const QueryFilter& filter :
         MakeQueryFilters({relation, 0.2}, fields, scorer, RandomMatrix(5, 8, 2))) {
      EXPECT_GE(filter.rows.size(), 60U);
      RowIds matching;
      for (uint32_t row = 0; row < base.rows; ++row) {
        storage::PayloadRecord payload;
        ASSERT_TRUE(payload.ParseFromString(payloads[row]));
        const Comparison& comparison = filter.filter.comparison;
        if (Matches(comparison, ValuesAt(payload, comparison.field))) matching.push_back(row);
      }
      EXPECT_EQ(filter.rows, matching);
    }
  }
}

TEST(FilterCasesTest, NamesSayRelationAndShare) {
  EXPECT_EQ(FilterCaseName({Relation::kIndependent, 0.0001}), "independent 0.01 %");
  EXPECT_EQ(FilterCaseName({Relation::kNear, 0.5}), "near 50 %");
  EXPECT_EQ(FilterCaseName({Relation::kFar, 0.9}), "far 90 %");
}

}  // namespace
}  // namespace nestor::bench
