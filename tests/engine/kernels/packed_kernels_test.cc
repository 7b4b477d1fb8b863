#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <random>
#include <tuple>
#include <vector>

#include "engine/kernels/kernel_table.h"
#include "engine/kernels/packed_codec.h"
#include "engine/kernels/packed_query.h"
#include "tests/engine/kernels/kernel_test_util.h"

namespace nestor::kernels {
namespace {

using testing::Each;

constexpr uint32_t kPackedTestRows = 9;

// Rows of random bytes, which are all codes, starting at an odd address.
struct PackedTestRows {
  PackedTestRows(size_t dims, int bits)
      : dims(dims), bits(bits), bytes(PackedBytes(dims, bits)), codes(kPackedTestRows * bytes + 1) {
    std::mt19937 random(static_cast<uint32_t>(dims));
    for (uint8_t& code : codes) code = static_cast<uint8_t>(random());
    for (uint32_t r = 0; r < kPackedTestRows; ++r) {
      SetPackedTerms(TermsOf(r), bytes, codes.data() + 1 + r * bytes);
    }
  }
  static PackedRowTerms TermsOf(size_t row) {
    return {0.5f + static_cast<float>(row), 3 - static_cast<float>(row)};
  }
  PackedRows view() const { return {codes.data() + 1, bytes}; }
  std::vector<float> Multiples(size_t row) const {
    std::vector<float> multiples(dims);
    DecodePacked(codes.data() + 1 + row * bytes, dims, bits, multiples.data());
    return multiples;
  }

  size_t dims;
  int bits;
  size_t bytes;
  std::vector<uint8_t> codes;
};

// Where a query's value for a dim is.
size_t PlaceOf(size_t dim, size_t dims, int bits) {
  const size_t plane = PackedPlaneBytes(dims, bits);
  return dim / plane * PackedBytes(dims, bits) + dim % plane;
}

class PackedKernelsTest : public KernelTest {
 protected:
  void Score(const PreparedPackedQuery& query, const PackedTestRows& rows, RowList list,
             float* out) const {
    table().dot_packed[std::countr_zero(static_cast<unsigned>(rows.bits))](query.view(),
                                                                           rows.view(), list, out);
  }

  void ExpectScores(size_t dims, int bits, RowList list) const {
    const PackedTestRows rows(dims, bits);
    const std::vector<float> query = RandomFloats(dims, 7);
    const PreparedPackedQuery prepared(query.data(), dims, bits, 2);
    const PackedQuery view = prepared.view();
    std::vector<float> out(list.count + 1, -77);
    Score(prepared, rows, list, out.data());
    for (size_t i = 0; i < list.count; ++i) {
      const size_t row = list.ids != nullptr ? list.ids[i] : i;
      const std::vector<float> multiples = rows.Multiples(row);
      Truth dot;
      for (size_t d = 0; d < dims; ++d)
        dot.Add(double{multiples[d]} * view.values[PlaceOf(d, dims, bits)]);
      const double scale = double{PackedTestRows::TermsOf(row).factor} * view.scale;
      const double expected = scale * dot.sum + 2 + PackedTestRows::TermsOf(row).offset;
      ASSERT_NEAR(out[i], expected, 1e-6 * (std::abs(scale * dot.sum) + 15)) << dims << "x" << bits;
    }
    EXPECT_EQ(out.back(), -77);
  }
};
INSTANTIATE_TEST_SUITE_P(Sets, PackedKernelsTest, testing::ValuesIn(AvailableKernels()), TableName);

TEST_P(PackedKernelsTest, ScoreRowsOfEveryLength) {
  const std::vector<uint32_t> ids = GatheredIds(kPackedTestRows);
  for (const int bits : {1, 2, 4, 8}) {
    for (size_t dims = 0; dims <= kMaxTestDims; ++dims) {
      ExpectScores(dims, bits, {nullptr, kPackedTestRows});
      ExpectScores(dims, bits, {ids.data(), ids.size()});
    }
    ExpectScores(2048, bits, {nullptr, kPackedTestRows});
  }
}

TEST_P(PackedKernelsTest, ScoreListsOfEveryCount) {
  const std::vector<uint32_t> ids = GatheredIds(kPackedTestRows);
  for (size_t count = 0; count <= ids.size(); ++count) {
    ExpectScores(130, 4, {ids.data(), count});
    ExpectScores(1100, 1, {ids.data(), count});
  }
}

TEST_P(PackedKernelsTest, LargestCodesDoNotOverflow) {
  constexpr size_t kDims = 16384;
  for (const int bits : {1, 2, 4, 8}) {
    for (const float sign : {1.0f, -1.0f}) {
      const std::vector<float> query(kDims, sign);
      const PreparedPackedQuery prepared(query.data(), kDims, bits, 0);
      PackedTestRows rows(kDims, bits);
      rows.codes.assign(rows.codes.size(), 0xff);
      SetPackedTerms({1, 0}, rows.bytes, rows.codes.data() + 1);
      float out = 0;
      Score(prepared, rows, {nullptr, 1}, &out);
      const double expected = sign * kDims * ((1 << bits) - 1) / 2.0;
      EXPECT_NEAR(out, expected, 1e-6 * std::abs(expected));
    }
  }
}

TEST_P(PackedKernelsTest, DoNotDependOnARowsPlaceInTheList) {
  for (const int bits : {1, 2, 4, 8}) {
    const PackedTestRows rows(200, bits);
    const std::vector<float> query = RandomFloats(200, 5);
    const PreparedPackedQuery prepared(query.data(), 200, bits, 1);
    const std::vector<uint32_t> ids(7, 3);
    std::vector<float> out(ids.size());
    Score(prepared, rows, {ids.data(), ids.size()}, out.data());
    EXPECT_THAT(out, Each(out[0]));
  }
}

TEST_P(PackedKernelsTest, GiveWhatTheScalarSetGives) {
  for (const int bits : {1, 2, 4, 8}) {
    const PackedTestRows rows(500, bits);
    const std::vector<float> query = RandomFloats(500, 6);
    const PreparedPackedQuery prepared(query.data(), 500, bits, 1);
    std::vector<float> out(kPackedTestRows), scalar(kPackedTestRows);
    Score(prepared, rows, {nullptr, kPackedTestRows}, out.data());
    AvailableKernels().front()->dot_packed[std::countr_zero(static_cast<unsigned>(bits))](
        prepared.view(), rows.view(), {nullptr, kPackedTestRows}, scalar.data());
    for (size_t i = 0; i < kPackedTestRows; ++i) {
      EXPECT_NEAR(out[i], scalar[i], 1e-6 * std::max(1.0f, std::abs(scalar[i])));
    }
  }
}

TEST(PreparedPackedQueryTest, ValuesAreWithinHalfAStep) {
  const std::vector<float> query = RandomFloats(300, 9);
  const PreparedPackedQuery prepared(query.data(), query.size(), 2, 0.25f);
  const PackedQuery view = prepared.view();
  int sum = 0;
  for (size_t i = 0; i < query.size(); ++i) {
    const int8_t value = view.values[PlaceOf(i, query.size(), 2)];
    EXPECT_NEAR(value * view.scale, query[i], 0.50001f * view.scale);
    sum += value;
  }
  EXPECT_EQ(view.sum, sum);
  EXPECT_EQ(view.offset, 0.25f);
  int all = 0;  // there is nothing where no dim is
  for (size_t i = 0; i < PackedBytes(query.size(), 2) * 4; ++i) all += std::abs(view.values[i]);
  int dims = 0;
  for (size_t i = 0; i < query.size(); ++i) {
    dims += std::abs(view.values[PlaceOf(i, query.size(), 2)]);
  }
  EXPECT_EQ(all, dims);
}

}  // namespace
}  // namespace nestor::kernels
