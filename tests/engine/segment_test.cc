#include "engine/segment.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

using ::testing::ElementsAre;
using testing::Random;
using testing::ValueOf;

ResolvedSpec MergedSpec(IndexKind kind, TierKind tier = TierKind::kFloat32) {
  CollectionSpec spec;
  spec.name = "docs";
  spec.dims = 100;
  spec.prefix_dims = 20;
  spec.index_kind = kind;
  spec.rerank_tier = tier;
  return testing::Resolve(spec);
}

// Row r has the vector of seed r, with a zero prefix if r is a multiple of ten.
std::vector<float> VectorOf(uint64_t row) {
  std::vector<float> vector = Random(row).GaussianVector(100);
  if (row % 10 == 0) std::fill(vector.begin(), vector.begin() + 20, 0.0f);
  return vector;
}

std::shared_ptr<const Segment> SegmentOf(const ResolvedSpec& spec,
                                         const std::vector<uint64_t>& rows) {
  SegmentBuilder builder(spec, testing::FirstCoder(spec), rows.size());
  for (uint64_t row : rows) builder.Append(Row{row}, Sequence{row}, VectorOf(row).data());
  return std::move(builder).Finish();
}

RowBitmap Dead(size_t rows, const std::vector<uint32_t>& dead) {
  RowBitmap bitmap(rows);
  for (uint32_t row : dead) bitmap.Set(row);
  return bitmap;
}

float TierScore(const Segment& segment, uint32_t local, const std::vector<float>& query) {
  float score = 0, error = 0;
  segment.tier->ScoreWithError(FullQuery(Metric::kCosine, query.data(), query.size()), {local},
                               ErrorBound::kCertain, &score, &error);
  return score;
}

TEST(SegmentTest, FindsItsRowsAndNoOthers) {
  const auto segment = SegmentOf(MergedSpec(IndexKind::kHnsw), {3, 5, 90});
  EXPECT_EQ(segment->Find(Row{3}), 0u);
  EXPECT_EQ(segment->Find(Row{90}), 2u);
  for (uint64_t row : {0, 4, 89, 91}) EXPECT_EQ(segment->Find(Row{row}), std::nullopt);
}

TEST(SegmentTest, RemembersZeroPrefixesAndTheFirstSequence) {
  const auto segment = SegmentOf(MergedSpec(IndexKind::kHnsw), {7, 10, 11, 20});
  EXPECT_THAT(segment->zero_prefix_rows, ElementsAre(1, 3));
  EXPECT_EQ(segment->first_sequence, Sequence{7});
}

TEST(SegmentTest, IsNotIndexedBeforeItsFirstMerge) {
  for (const IndexKind kind : {IndexKind::kHnsw, IndexKind::kIvf, IndexKind::kFlat}) {
    EXPECT_FALSE(SegmentOf(MergedSpec(kind), {1})->indexed);
  }
}

class MergeSegmentsTest : public ::testing::TestWithParam<std::tuple<IndexKind, TierKind>> {
 protected:
  const ResolvedSpec spec_ = MergedSpec(std::get<0>(GetParam()), std::get<1>(GetParam()));
};

TEST_P(MergeSegmentsTest, KeepsLiveRowsInOrderWithTheirVectors) {
  const auto a = SegmentOf(spec_, {1, 4, 10, 30}), b = SegmentOf(spec_, {2, 3, 20, 40});
  const RowBitmap a_dead = Dead(4, {1}), b_dead = Dead(4, {3});
  const auto merged = testing::Merge(spec_, {{a.get(), &a_dead}, {b.get(), &b_dead}});
  EXPECT_THAT(merged->rows, ElementsAre(Row{1}, Row{2}, Row{3}, Row{10}, Row{20}, Row{30}));
  EXPECT_THAT(merged->zero_prefix_rows, ElementsAre(3, 4, 5));
  EXPECT_TRUE(merged->indexed);
  EXPECT_EQ(merged->first_sequence, Sequence{1});
  EXPECT_EQ(merged->tier->size(), 6u);
  for (uint32_t local = 0; local < 6; ++local) {
    const std::vector<float> vector = VectorOf(ToNumber(merged->rows[local]));
    EXPECT_NEAR(TierScore(*merged, local, vector), 1, 0.01);
    if (ToNumber(merged->rows[local]) % 10 == 0) continue;
    ScoredRows found;
    ShortlistScratch scratch;
    const PrefixQuery query(*merged->index->coder(), vector.data());
    merged->index->Search({{&query, {1, 10, 10}, &found}}, RowBitmap(6), &scratch);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].row, local);
  }
}

TEST_P(MergeSegmentsTest, MergesAgainWhatWasMerged) {
  std::shared_ptr<const Segment> merged = SegmentOf(spec_, {1});
  for (uint64_t row = 2; row < 60; ++row) {
    const auto next = SegmentOf(spec_, {row});
    const RowBitmap none(merged->rows.size()), one(1);
    merged = testing::Merge(spec_, {{next.get(), &one}, {merged.get(), &none}});
  }
  ASSERT_EQ(merged->rows.size(), 59u);
  EXPECT_THAT(merged->zero_prefix_rows, ElementsAre(9, 19, 29, 39, 49));
  for (uint32_t local = 0; local < 59; ++local) {
    EXPECT_EQ(merged->rows[local], Row{local + 1});
    EXPECT_NEAR(TierScore(*merged, local, VectorOf(local + 1)), 1, 0.01);
  }
}

// The codes that a merge chooses may be of more dims than those of its inputs.
TEST_P(MergeSegmentsTest, OtherCodesMayKnowRowsWithAZeroPrefix) {
  CollectionSpec asked;
  asked.name = "docs";
  asked.dims = 256;
  std::tie(asked.index_kind, asked.rerank_tier) = GetParam();
  const ResolvedSpec spec = testing::Resolve(asked);
  const uint32_t dims_before = testing::FirstCoder(spec)->format().dims;
  SegmentBuilder builder(spec, testing::FirstCoder(spec), 1200);
  for (uint64_t row = 0; row < 1200; ++row) {
    std::vector<float> vector = Random(row).GaussianVector(256);
    if (row % 300 == 0) std::fill(vector.begin(), vector.begin() + dims_before, 0.0f);
    if (row == 300) std::fill(vector.begin(), vector.end() - 1, 0.0f);
    builder.Append(Row{row}, Sequence{row}, vector.data());
  }
  const std::shared_ptr<const Segment> segment = std::move(builder).Finish();
  ASSERT_THAT(segment->zero_prefix_rows, ElementsAre(0, 300, 600, 900));
  const RowBitmap none(1200);
  const auto merged = testing::Merge(spec, {{segment.get(), &none}});
  ASSERT_GT(merged->index->coder()->format().dims, dims_before);
  ASSERT_LT(merged->index->coder()->format().dims, 256u);
  EXPECT_THAT(merged->zero_prefix_rows, ElementsAre(300));
}

TEST_P(MergeSegmentsTest, FewRowsHaveTheCodesOfALargerSegmentBesideThem) {
  CollectionSpec open;
  open.name = "docs";
  open.dims = 100;
  open.index_kind = MergedSpec(std::get<0>(GetParam()), std::get<1>(GetParam())).index_kind;
  const ResolvedSpec spec = testing::Resolve(open);
  const auto segment = SegmentOf(spec, {1, 2, 3, 4});
  const RowBitmap dead = Dead(4, {});
  const auto coder = std::make_shared<const PrefixCoder>(
      PrefixCodeFormat{.metric = Metric::kCosine, .dims = 50, .bits = 8});
  const auto merge = [&](std::shared_ptr<const PrefixCoder> beside) {
    return ValueOf(MergeSegments(spec, {{segment.get(), &dead}}, {.beside = std::move(beside)}))
        .segment->index->coder()
        ->format();
  };
  EXPECT_EQ(merge(coder), coder->format());
  EXPECT_NE(merge(nullptr), coder->format());
}

TEST_P(MergeSegmentsTest, NothingAliveGivesNoSegment) {
  const auto a = SegmentOf(spec_, {1, 2});
  const RowBitmap dead = Dead(2, {0, 1});
  EXPECT_EQ(testing::Merge(spec_, {{a.get(), &dead}}), nullptr);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, MergeSegmentsTest,
    ::testing::Combine(::testing::Values(IndexKind::kHnsw, IndexKind::kIvf, IndexKind::kFlat),
                       ::testing::Values(TierKind::kInt8, TierKind::kFloat32)));

}  // namespace
}  // namespace nestor
