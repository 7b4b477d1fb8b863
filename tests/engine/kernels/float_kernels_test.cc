#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "engine/kernels/kernel_table.h"
#include "tests/engine/kernels/kernel_test_util.h"

namespace nestor::kernels {
namespace {

constexpr uint32_t kRows = 9;

Truth TrueDot(const float* a, const float* b, size_t dims) {
  Truth truth;
  for (size_t i = 0; i < dims; ++i) truth.Add(double{a[i]} * b[i]);
  return truth;
}

Truth TrueSquaredDistance(const float* a, const float* b, size_t dims) {
  Truth truth;
  for (size_t i = 0; i < dims; ++i) truth.Add((double{a[i]} - b[i]) * (double{a[i]} - b[i]));
  return truth;
}

Truth TrueWeightedSquares(const float* weights, const float* row, size_t dims) {
  Truth truth;
  for (size_t i = 0; i < dims; ++i) truth.Add(double{weights[i]} * row[i] * row[i]);
  return truth;
}

// As KernelTable::cosine_exact wants it.
std::vector<double> Widened(const std::vector<float>& query, size_t dims) {
  std::vector<double> wide(query.begin(), query.begin() + static_cast<ptrdiff_t>(dims));
  wide.resize((dims + kWideQueryDims - 1) / kWideQueryDims * kWideQueryDims);
  return wide;
}

using RowsKernel = void (*)(const float*, FloatRows, RowList, size_t, float*);
using TrueScore = Truth (*)(const float*, const float*, size_t);

void ExpectScores(RowsKernel kernel, TrueScore true_score, const std::vector<uint32_t>& ids,
                  size_t dims, size_t offset) {
  const size_t stride = dims + 5;
  const std::vector<float> query = RandomFloats(dims + offset, 1);
  const std::vector<float> block = RandomFloats(kRows * stride + offset, 2);
  const FloatRows rows = {block.data() + offset, stride};
  const bool gathered = !ids.empty();
  const RowList list = {gathered ? ids.data() : nullptr, gathered ? ids.size() : kRows};
  std::vector<float> out(list.count + 1, -77);
  kernel(query.data() + offset, rows, list, dims, out.data());
  for (size_t i = 0; i < list.count; ++i) {
    const size_t row = gathered ? ids[i] : i;
    const Truth truth = true_score(query.data() + offset, rows.data + row * stride, dims);
    // A squared distance rounds its difference too: twice that relative error in the square.
    ASSERT_NEAR(out[i], truth.sum, FloatTolerance(dims + 2, truth.magnitude))
        << "dims " << dims << " offset " << offset << " position " << i;
  }
  EXPECT_EQ(out.back(), -77) << "wrote past the end";
}

class FloatKernelsTest : public KernelTest {};
INSTANTIATE_TEST_SUITE_P(Sets, FloatKernelsTest, testing::ValuesIn(AvailableKernels()), TableName);

TEST_P(FloatKernelsTest, ScoreContiguousRowsOfEveryLength) {
  for (size_t dims = 0; dims <= kMaxTestDims; ++dims) {
    for (size_t offset : {0, 1}) {
      ExpectScores(table().dot_f32, TrueDot, {}, dims, offset);
      ExpectScores(table().l2_f32, TrueSquaredDistance, {}, dims, offset);
      ExpectScores(table().weighted_squares, TrueWeightedSquares, {}, dims, offset);
    }
  }
}

TEST_P(FloatKernelsTest, ScoreGatheredRowsOfEveryLength) {
  for (size_t dims = 0; dims <= kMaxTestDims; ++dims) {
    ExpectScores(table().dot_f32, TrueDot, GatheredIds(kRows), dims, 1);
    ExpectScores(table().l2_f32, TrueSquaredDistance, GatheredIds(kRows), dims, 1);
    ExpectScores(table().weighted_squares, TrueWeightedSquares, GatheredIds(kRows), dims, 1);
  }
}

TEST_P(FloatKernelsTest, ScoreListsOfEveryCount) {
  const std::vector<uint32_t> all = GatheredIds(kRows);
  for (size_t count = 1; count <= all.size(); ++count) {
    const std::vector<uint32_t> ids(all.begin(), all.begin() + count);
    ExpectScores(table().dot_f32, TrueDot, ids, 70, 0);
  }
}

TEST_P(FloatKernelsTest, WriteNothingForAnEmptyList) {
  const float query[4] = {1, 2, 3, 4};
  const uint32_t no_ids[1] = {0};
  float out = 5;
  table().dot_f32(query, {query, 4}, {nullptr, 0}, 4, &out);
  table().l2_f32(query, {query, 4}, {no_ids, 0}, 4, &out);
  EXPECT_EQ(out, 5);
}

TEST_P(FloatKernelsTest, ScorePairsOfEveryLength) {
  const std::vector<float> a = RandomFloats(kMaxTestDims + 1, 3);
  const std::vector<float> b = RandomFloats(kMaxTestDims + 1, 4);
  for (size_t dims = 0; dims <= kMaxTestDims; ++dims) {
    for (size_t offset : {0, 1}) {
      const float* const x = a.data() + offset;
      const float* const y = b.data() + offset;
      const Truth dot = TrueDot(x, y, dims);
      ASSERT_NEAR(table().dot_f32_pair(x, y, dims), dot.sum, FloatTolerance(dims, dot.magnitude));
      const Truth l2 = TrueSquaredDistance(x, y, dims);
      ASSERT_NEAR(table().l2_f32_pair(x, y, dims), l2.sum, FloatTolerance(dims + 2, l2.magnitude));
    }
  }
}

TEST_P(FloatKernelsTest, ExactScoresReadUnalignedBytesOfEveryLength) {
  const std::vector<float> query = RandomFloats(kMaxTestDims, 5);
  const std::vector<float> row = RandomFloats(kMaxTestDims, 6);
  std::vector<char> bytes(kMaxTestDims * sizeof(float) + 3);
  for (size_t dims = 0; dims <= kMaxTestDims; ++dims) {
    for (size_t offset = 0; offset < 4; ++offset) {
      std::memcpy(bytes.data() + offset, row.data(), dims * sizeof(float));
      const void* const unaligned = bytes.data() + offset;
      const Truth dot = TrueDot(query.data(), row.data(), dims);
      ASSERT_NEAR(table().dot_exact(query.data(), unaligned, dims), dot.sum,
                  2 * DoubleTolerance(dims, dot.magnitude));
      const Truth l2 = TrueSquaredDistance(query.data(), row.data(), dims);
      ASSERT_NEAR(table().l2_exact(query.data(), unaligned, dims), l2.sum,
                  2 * DoubleTolerance(dims + 2, l2.magnitude));
      const Truth norm2 = TrueDot(row.data(), row.data(), dims);
      const std::vector<double> wide = Widened(query, dims);
      const CosineTerms terms = table().cosine_exact(wide.data(), unaligned, dims);
      ASSERT_NEAR(terms.dot, dot.sum, 2 * DoubleTolerance(dims, dot.magnitude));
      ASSERT_NEAR(terms.norm2, norm2.sum, 2 * DoubleTolerance(dims, norm2.magnitude));
    }
  }
}

TEST_P(FloatKernelsTest, BlocksHaveTheirSquares) {
  const std::vector<float> values = RandomFloats(kMaxTestDims + 1, 8);
  for (size_t dims = 0; dims <= kMaxTestDims; ++dims) {
    const float* const unaligned = values.data() + 1;
    std::vector<double> squares(BlockCount(dims) + 1, -77);
    table().block_squares(unaligned, dims, squares.data());
    for (size_t block = 0; block < BlockCount(dims); ++block) {
      const size_t begin = block * kBlockDims;
      const float* const first = unaligned + begin;
      const Truth truth = TrueDot(first, first, std::min(kBlockDims, dims - begin));
      ASSERT_NEAR(squares[block], truth.sum, 2 * DoubleTolerance(kBlockDims, truth.magnitude))
          << dims;
    }
    EXPECT_EQ(squares.back(), -77) << "wrote past the end";
  }
}

TEST_P(FloatKernelsTest, ExactScoresSeeWhatFloatSumsLose) {
  const std::vector<float> query = {1e8f, 1, -1e8f, 1};
  const std::vector<float> ones(4, 1);
  EXPECT_EQ(table().dot_exact(query.data(), ones.data(), 4), 2);
  EXPECT_EQ(table().cosine_exact(Widened(query, 4).data(), ones.data(), 4).dot, 2);
}

TEST_P(FloatKernelsTest, ExactScoresDoNotOverflow) {
  const std::vector<float> largest(100, std::numeric_limits<float>::max());
  const double square = std::pow(double{std::numeric_limits<float>::max()}, 2);
  EXPECT_DOUBLE_EQ(table().dot_exact(largest.data(), largest.data(), 100), 100 * square);
  const CosineTerms terms = table().cosine_exact(Widened(largest, 100).data(), largest.data(), 100);
  EXPECT_DOUBLE_EQ(terms.dot, 100 * square);
  EXPECT_DOUBLE_EQ(terms.norm2, 100 * square);
  const std::vector<float> lowest(100, std::numeric_limits<float>::lowest());
  EXPECT_DOUBLE_EQ(table().l2_exact(largest.data(), lowest.data(), 100), 400 * square);
}

TEST_P(FloatKernelsTest, ScoreZeroRowsAsZero) {
  const std::vector<float> query = RandomFloats(67, 7);
  const std::vector<float> zeros(67 * 5);
  std::vector<float> out(5, 1);
  table().dot_f32(query.data(), {zeros.data(), 67}, {nullptr, 5}, 67, out.data());
  EXPECT_THAT(out, testing::Each(0));
  EXPECT_EQ(table().l2_f32_pair(query.data(), query.data(), 67), 0);
}

TEST_P(FloatKernelsTest, DoNotDependOnARowsPlaceInTheList) {
  // Otherwise equal vectors could get different scores, and the order of ties would depend on the
  // list.
  const std::vector<uint32_t> ids(7, 0);
  std::vector<float> out(ids.size());
  for (size_t dims = 0; dims <= kMaxTestDims; ++dims) {
    const std::vector<float> query = RandomFloats(dims, 8);
    const std::vector<float> row = RandomFloats(dims, 9);
    const RowList list = {ids.data(), ids.size()};
    table().dot_f32(query.data(), {row.data(), dims}, list, dims, out.data());
    ASSERT_THAT(out, testing::Each(out[0])) << "dims " << dims;
    table().l2_f32(query.data(), {row.data(), dims}, list, dims, out.data());
    ASSERT_THAT(out, testing::Each(out[0])) << "dims " << dims;
  }
}

}  // namespace
}  // namespace nestor::kernels
