#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <random>
#include <vector>

#include "engine/kernels/int8_codec.h"
#include "engine/kernels/int8_query.h"
#include "engine/kernels/kernel_table.h"
#include "tests/engine/kernels/kernel_test_util.h"

namespace nestor::kernels {
namespace {

using testing::Each;

constexpr uint32_t kInt8TestRows = 9;

// Random rows, strides larger than they need be, codes starting at an odd byte, junk between the
// rows.
class Int8TestRows {
 public:
  explicit Int8TestRows(size_t dims, size_t split_blocks = 0)
      : dims_(dims),
        split_blocks_(split_blocks),
        code_stride_(PaddedDims(dims) + 3),
        scale_stride_(BlockCount(dims) + 2),
        block_codes_(kInt8TestRows * code_stride_ + 1, int8_t{77}),
        block_scales_(kInt8TestRows * scale_stride_ + 1, 77) {
    for (uint32_t r = 0; r < kInt8TestRows; ++r) {
      const std::vector<float> row = RandomFloats(dims, 100 + r);
      EncodeBlockInt8(row.data(), dims, split_blocks, block_codes_.data() + 1 + r * code_stride_,
                      block_scales_.data() + 1 + r * scale_stride_);
    }
    split_codes_ = block_codes_;
    for (size_t at = 1; at < block_codes_.size(); at += code_stride_) {
      SplitBlocks(&block_codes_[at], BlockCount(dims), split_blocks, &split_codes_[at]);
    }
  }

  BlockInt8Rows blocks() const {
    return {.codes = block_codes_.data() + 1,
            .code_stride = code_stride_,
            .scales = block_scales_.data() + 1,
            .scale_stride = scale_stride_,
            .blocks = BlockCount(dims_)};
  }
  // The same codes, the last blocks split.
  BlockInt8Rows split() const {
    BlockInt8Rows rows = blocks();
    rows.codes = split_codes_.data() + 1;
    rows.split_blocks = split_blocks_;
    return rows;
  }
  // What is known of a value by the first half of its code, if it has halves.
  double RoughValue(size_t row, size_t i) const {
    if (i / kBlockDims + split_blocks_ < BlockCount(dims_)) return BlockValue(row, i);
    const int code = blocks().codes[row * code_stride_ + i];
    return double{blocks().scales[row * scale_stride_ + i / kBlockDims]} * std::round(code / 15.0) *
           15;
  }

  double BlockValue(size_t row, size_t i) const {
    return double{blocks().scales[row * scale_stride_ + i / kBlockDims]} *
           blocks().codes[row * code_stride_ + i];
  }
  size_t dims() const { return dims_; }

 private:
  size_t dims_;
  size_t split_blocks_;
  size_t code_stride_;
  size_t scale_stride_;
  std::vector<int8_t> block_codes_, split_codes_;
  std::vector<float> block_scales_;
};

// A query that the planes hold without loss, so that nothing but float32 rounding is left to allow
// for.
std::vector<float> LosslessQuery(size_t dims) {
  std::mt19937 random(7);
  std::uniform_int_distribution<int> multiple(-16256, 16256);
  std::vector<float> query(dims);
  for (size_t i = 0; i < dims; ++i) {
    const int value = i % kBlockDims == 0 ? 16256 : multiple(random);
    query[i] = std::ldexp(static_cast<float>(value), -14 - static_cast<int>(i / kBlockDims));
  }
  return query;
}

// One that the high plane holds by itself.
std::vector<float> CoarseQuery(size_t dims) {
  std::mt19937 random(8);
  std::uniform_int_distribution<int> multiple(-127, 127);
  std::vector<float> query(dims);
  for (size_t i = 0; i < dims; ++i) {
    // The largest sets the scale, so that all are multiples of 128 of it.
    query[i] = i % kBlockDims == 0 ? 16256.0F : static_cast<float>(128 * multiple(random) % 16256);
  }
  return query;
}

struct Expected {
  Truth dot;
  double row_norm2 = 0;
};

template <typename Value>
Expected Expect(const std::vector<float>& query, size_t dims, Value value) {
  Expected expected;
  for (size_t i = 0; i < dims; ++i) {
    expected.dot.Add(query[i] * value(i));
    expected.row_norm2 += value(i) * value(i);
  }
  return expected;
}

double Tolerance(const Expected& expected, size_t dims, double query_error) {
  return query_error * std::sqrt(expected.row_norm2) +
         FloatTolerance(dims + 4, expected.dot.magnitude);
}

void ExpectBlockScores(const KernelTable& table, const Int8TestRows& rows,
                       const std::vector<float>& query, RowList list, size_t dims,
                       double query_error) {
  const PreparedQuery prepared(query.data(), query.size());
  std::vector<float> out(list.count + 1, -77);
  std::vector<float> dots_only(list.count + 1, -77);
  std::vector<float> norms2(list.count + 1, -77);
  table.dot_block_int8(prepared.view(), rows.blocks(), list, dims, out.data(), norms2.data());
  table.dot_block_int8(prepared.view(), rows.blocks(), list, dims, dots_only.data(), nullptr);
  for (size_t i = 0; i < list.count; ++i) {
    const size_t row = list.ids != nullptr ? list.ids[i] : i;
    const Expected expected =
        Expect(query, dims, [&](size_t d) { return rows.BlockValue(row, d); });
    ASSERT_NEAR(out[i], expected.dot.sum, Tolerance(expected, dims, query_error))
        << "dims " << dims;
    ASSERT_NEAR(norms2[i], expected.row_norm2, FloatTolerance(dims + 4, expected.row_norm2));
    ASSERT_EQ(dots_only[i], out[i]) << "dims " << dims;
  }
  EXPECT_EQ(out.back(), -77);
  EXPECT_EQ(dots_only.back(), -77);
  EXPECT_EQ(norms2.back(), -77);
}

class Int8KernelsTest : public KernelTest {};
INSTANTIATE_TEST_SUITE_P(Sets, Int8KernelsTest, testing::ValuesIn(AvailableKernels()), TableName);

TEST_P(Int8KernelsTest, ScoreRowsOfEveryLengthWithNothingButRoundingError) {
  const std::vector<uint32_t> ids = GatheredIds(kInt8TestRows);
  for (size_t dims = 0; dims <= kMaxTestDims; ++dims) {
    const Int8TestRows rows(dims);
    const std::vector<float> query = LosslessQuery(dims);
    for (RowList list : {RowList{nullptr, kInt8TestRows}, RowList{ids.data(), ids.size()}}) {
      ExpectBlockScores(table(), rows, query, list, dims, 0);
    }
  }
}

TEST_P(Int8KernelsTest, StayWithinTheErrorThatThePreparedQueryStates) {
  for (size_t dims : {1, 64, 100, 128, 257, 1024}) {
    const Int8TestRows rows(dims);
    const std::vector<float> query = RandomFloats(dims, 11);
    const double error = PreparedQuery(query.data(), dims).error();
    ExpectBlockScores(table(), rows, query, {nullptr, kInt8TestRows}, dims, error);
  }
}

TEST_P(Int8KernelsTest, ScorePrefixesOfWholeBlocks) {
  const Int8TestRows rows(250);
  const std::vector<float> query = LosslessQuery(250);
  for (size_t dims : {0, 64, 128, 192, 250}) {
    ExpectBlockScores(table(), rows, query, {nullptr, kInt8TestRows}, dims, 0);
  }
}

TEST_P(Int8KernelsTest, SplitBlocksGiveTheSameBits) {
  const std::vector<uint32_t> ids = GatheredIds(kInt8TestRows);
  const RowList list = {ids.data(), ids.size()};
  for (const size_t dims : {64, 100, 128, 250, 320}) {
    const std::vector<float> query = RandomFloats(dims, 5);
    const PreparedQuery prepared(query.data(), dims);
    for (size_t split_blocks = 0; split_blocks <= BlockCount(dims); ++split_blocks) {
      const Int8TestRows rows(dims, split_blocks);
      for (size_t some = 0; some < dims + kBlockDims; some += kBlockDims) {
        const size_t length = std::min(some, dims);
        std::vector<float> out(ids.size()), norms2(ids.size()), whole(ids.size()),
            whole_norms2(ids.size());
        table().dot_block_int8(prepared.view(), rows.blocks(), list, length, whole.data(),
                               whole_norms2.data());
        table().dot_block_int8(prepared.view(), rows.split(), list, length, out.data(),
                               norms2.data());
        EXPECT_EQ(out, whole) << "dims " << length << " of " << dims << ", split " << split_blocks;
        EXPECT_EQ(norms2, whole_norms2);
      }
    }
  }
}

TEST_P(Int8KernelsTest, RoughScoresAreThoseOfFirstHalves) {
  const std::vector<uint32_t> ids = GatheredIds(kInt8TestRows);
  for (const size_t dims : {64, 100, 128, 250, 1100}) {
    for (const std::vector<float>& q : {CoarseQuery(dims), RandomFloats(dims, 6)}) {
      const PreparedQuery prepared(q.data(), dims);
      for (size_t split_blocks = 0; split_blocks <= BlockCount(dims); ++split_blocks) {
        const Int8TestRows rows(dims, split_blocks);
        for (const RowList list :
             {RowList{nullptr, kInt8TestRows}, RowList{ids.data(), ids.size()}}) {
          std::vector<float> out(list.count + 1, -77);
          table().dot_block_int8_rough(prepared.view(), rows.split(), list, dims, out.data());
          for (size_t i = 0; i < list.count; ++i) {
            const size_t row = list.ids != nullptr ? list.ids[i] : i;
            const Expected expected =
                Expect(q, dims, [&](size_t d) { return rows.RoughValue(row, d); });
            ASSERT_NEAR(out[i], expected.dot.sum,
                        Tolerance(expected, 20 * dims,
                                  prepared.rough_error(BlockCount(dims) - split_blocks)))
                << "dims " << dims << ", split " << split_blocks;
          }
          EXPECT_EQ(out.back(), -77);
        }
      }
    }
  }
}

TEST_P(Int8KernelsTest, ScoreListsOfEveryCount) {
  const Int8TestRows rows(130);
  const std::vector<float> query = LosslessQuery(130);
  const std::vector<uint32_t> ids = GatheredIds(kInt8TestRows);
  for (size_t count = 0; count <= ids.size(); ++count) {
    ExpectBlockScores(table(), rows, query, {ids.data(), count}, 130, 0);
  }
}

TEST_P(Int8KernelsTest, LargestCodesDoNotOverflow) {
  constexpr size_t kDims = 4096;
  const std::vector<float> scales(BlockCount(kDims), 1);
  for (int query_sign : {1, -1}) {
    for (int code : {127, -127}) {
      const std::vector<float> query(kDims, static_cast<float>(query_sign * 16256));
      const std::vector<int8_t> codes(kDims, static_cast<int8_t>(code));
      const PreparedQuery prepared(query.data(), kDims);
      const double dot = double{kDims} * query_sign * 16256 * code;
      const double norm2 = double{kDims} * 127 * 127;
      float out = 0;
      float norm2_out = 0;
      table().dot_block_int8(prepared.view(), {codes.data(), kDims, scales.data(), scales.size()},
                             {nullptr, 1}, kDims, &out, &norm2_out);
      EXPECT_NEAR(out, dot, FloatTolerance(kDims, std::fabs(dot)));
      EXPECT_NEAR(norm2_out, norm2, FloatTolerance(kDims, norm2));
    }
  }
}

TEST_P(Int8KernelsTest, DotsWithoutScalesAreExact) {
  std::mt19937 random(3);
  std::uniform_int_distribution<int> code(-127, 127);
  for (const size_t blocks : {0, 1, 2, 5, 16}) {
    const size_t count = blocks * kBlockDims;
    const size_t stride = count + 3;
    std::vector<int8_t> query(count + 1), codes(kInt8TestRows * stride + 1);
    for (int8_t& value : query) value = static_cast<int8_t>(code(random));
    for (int8_t& value : codes) value = static_cast<int8_t>(code(random) - 1);
    const std::vector<uint32_t> gathered = GatheredIds(kInt8TestRows);
    for (size_t length = 0; length <= gathered.size(); ++length) {
      for (const uint32_t* ids : {gathered.data(), static_cast<const uint32_t*>(nullptr)}) {
        if (ids == nullptr && length > kInt8TestRows) continue;
        std::vector<int32_t> out(length + 1, 77);
        table().dot_int8(query.data() + 1, {codes.data() + 1, stride}, {ids, length}, count,
                         out.data());
        for (size_t i = 0; i < length; ++i) {
          const int8_t* const row = codes.data() + 1 + (ids == nullptr ? i : ids[i]) * stride;
          EXPECT_EQ(out[i], std::inner_product(row, row + count, query.data() + 1, 0));
        }
        EXPECT_EQ(out[length], 77);
      }
    }
  }
  const std::vector<int8_t> most(65536, 127), least(65536, -127), beyond(65536, -128);
  int32_t out = 0;
  table().dot_int8(most.data(), {most.data(), most.size()}, {nullptr, 1}, most.size(), &out);
  EXPECT_EQ(out, 65536 * 127 * 127);
  table().dot_int8(least.data(), {most.data(), most.size()}, {nullptr, 1}, most.size(), &out);
  EXPECT_EQ(out, -65536 * 127 * 127);
  table().dot_int8(least.data(), {beyond.data(), most.size()}, {nullptr, 1}, most.size(), &out);
  EXPECT_EQ(out, 65536 * 127 * 128);
}

TEST_P(Int8KernelsTest, ScoreZeroRowsAsZero) {
  const std::vector<float> query = RandomFloats(100, 3);
  const PreparedQuery prepared(query.data(), query.size());
  const std::vector<int8_t> codes(5 * 128);
  const std::vector<float> scales(5 * 2);
  std::vector<float> out(5, 1);
  std::vector<float> norms2(5, 1);
  table().dot_block_int8(prepared.view(), {codes.data(), 128, scales.data(), 2}, {nullptr, 5}, 100,
                         out.data(), norms2.data());
  EXPECT_THAT(out, Each(0));
  EXPECT_THAT(norms2, Each(0));
}

TEST_P(Int8KernelsTest, TinyScalesDoNotVanish) {
  const std::vector<float> query(64, 1e-18f);
  const PreparedQuery prepared(query.data(), query.size());
  const std::vector<float> row(64, 1e-18f);
  std::vector<int8_t> codes(64);
  float scale = 0;
  EncodeBlockInt8(row.data(), 64, 0, codes.data(), &scale);
  float out = 0;
  table().dot_block_int8(prepared.view(), {codes.data(), 64, &scale, 1}, {nullptr, 1}, 64, &out,
                         nullptr);
  EXPECT_NEAR(out, 64e-36, 64e-36 * 1e-5);
}

TEST_P(Int8KernelsTest, DoNotDependOnARowsPlaceInTheList) {
  const Int8TestRows rows(200);
  const std::vector<float> query = RandomFloats(200, 5);
  const PreparedQuery prepared(query.data(), query.size());
  const std::vector<uint32_t> ids(7, 3);
  std::vector<float> out(ids.size());
  std::vector<float> norms2(ids.size());
  const RowList list = {ids.data(), ids.size()};
  table().dot_block_int8(prepared.view(), rows.blocks(), list, 200, out.data(), norms2.data());
  EXPECT_THAT(out, Each(out[0]));
  EXPECT_THAT(norms2, Each(norms2[0]));
}

}  // namespace
}  // namespace nestor::kernels
