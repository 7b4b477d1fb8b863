#include "engine/kernels/packed_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "engine/kernels/kernel_table.h"
#include "tests/engine/kernels/kernel_test_util.h"

namespace nestor::kernels {
namespace {

using testing::Each;
using testing::ElementsAre;

struct Code {
  Code(const std::vector<float>& row, int bits)
      : codes(PackedBytes(row.size(), bits), uint8_t{99}), multiples(row.size()) {
    factor = EncodePacked(row.data(), row.size(), bits, codes.data());
    DecodePacked(codes.data(), row.size(), bits, multiples.data());
  }
  std::vector<uint8_t> codes;
  std::vector<float> multiples;
  float factor;
};

double Cosine(const std::vector<float>& a, const std::vector<float>& b) {
  return Dot(a, b) / std::sqrt(Dot(a, a) * Dot(b, b));
}

TEST(PackedTermsTest, TakeTheEndOfARow) {
  std::vector<uint8_t> row(33, 7);
  SetPackedTerms({1.5f, -2}, 32, row.data());
  EXPECT_EQ(PackedTerms(row.data(), 32).factor, 1.5f);
  EXPECT_EQ(PackedTerms(row.data(), 32).offset, -2);
  EXPECT_EQ(row[23], 7);
  EXPECT_EQ(row[32], 7);
}

class PackedCodecTest : public testing::TestWithParam<int /*bits*/> {
 protected:
  int bits() const { return GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(Bits, PackedCodecTest, testing::Values(1, 2, 4, 8));

TEST_P(PackedCodecTest, RowsAreWholeGroupsOfBytes) {
  EXPECT_EQ(PackedBytes(0, bits()), 16u);
  EXPECT_EQ(PackedBytes(64 / static_cast<size_t>(bits()), bits()), 16u);
  EXPECT_EQ(PackedBytes(64 / static_cast<size_t>(bits()) + 1, bits()), 32u);
  EXPECT_EQ(PackedBytes(448 / static_cast<size_t>(bits()), bits()), 64u);
  EXPECT_EQ(PackedPlaneBytes(448 / static_cast<size_t>(bits()), bits()), 56u);
}

// Whatever the length: the factor makes the code's product with the row itself the row's squared
// norm, which is what makes products with other vectors right on average.
TEST_P(PackedCodecTest, TheFactorIsRightForTheRowItself) {
  for (size_t dims = 1; dims <= kMaxTestDims; ++dims) {
    const std::vector<float> row = RandomFloats(dims, static_cast<uint32_t>(dims));
    const Code code(row, bits());
    EXPECT_NEAR(code.factor * Dot(code.multiples, row), Dot(row, row), 1e-5 * Dot(row, row));
  }
}

// What the best rounding of a normal distribution keeps of a direction: 1 - distortion of Max's
// tables (1960) for 1, 2 and 4 bits, nearly all with 8.
TEST_P(PackedCodecTest, DirectionsAreKeptAsWellAsTheBitsAllow) {
  const std::vector<float> row = RandomFloats(4096, 1);
  const double expected = bits() == 1 ? 0.6366 : bits() == 2 ? 0.8812 : bits() == 4 ? 0.9885 : 1.0;
  const double cosine = Cosine(row, Code(row, bits()).multiples);
  EXPECT_NEAR(cosine * cosine, expected, 0.01);
}

TEST_P(PackedCodecTest, ZerosHaveFactorZero) {
  EXPECT_EQ(Code(std::vector<float>(100, 0), bits()).factor, 0);
  EXPECT_EQ(Code({}, bits()).factor, 0);
}

TEST_P(PackedCodecTest, ExtremesHaveFactorsThatAreNumbers) {
  constexpr float kSmallest = std::numeric_limits<float>::denorm_min();
  for (const float value : {1e18f, -1e18f, 1e-18f, -1e-18f, 1e-30f, kSmallest, -kSmallest}) {
    const float factor = Code(std::vector<float>(65, value), bits()).factor;
    EXPECT_TRUE(std::isfinite(factor) && factor >= 0) << value << " gives " << factor;
  }
}

TEST(PackedCodecLayoutTest, DimsOfAByteAreAsFarApartAsARowHasBytesOfCode) {
  std::vector<float> row(64, -1);  // of one bit: 8 bytes and the terms, 8 planes
  row[0] = row[8] = row[17] = row[63] = 1;
  const Code code(row, 1);
  EXPECT_EQ(code.codes[0], 0b11);
  EXPECT_EQ(code.codes[1], 0b100);
  EXPECT_EQ(code.codes[7], 0b10000000);
  EXPECT_THAT(std::vector<uint8_t>(code.codes.begin() + 2, code.codes.begin() + 7), Each(0));
  EXPECT_THAT(std::vector<uint8_t>(code.codes.begin() + 8, code.codes.end()), Each(0));
}

TEST(PackedCodecLayoutTest, EightBitsAreMultiplesOfTheLargestMagnitude) {
  EXPECT_THAT(Code({-2, -1, 1, 2}, 8).multiples, ElementsAre(-127.5, -63.5, 63.5, 127.5));
}

// Segments of a collection may have been coded on different machines.
TEST(PackedCodecLayoutTest, GivesTheSameBitsEverywhere) {
  const std::vector<float> row = SameFloatsEverywhere(1000);
  uint64_t hash = 14695981039346656037u;  // FNV-1a
  for (const int bits : {1, 2, 4, 8}) {
    for (uint8_t c : Code(row, bits).codes) hash = (hash ^ c) * 1099511628211u;
  }
  EXPECT_EQ(hash, 7446419570049390169u);
}

}  // namespace
}  // namespace nestor::kernels
