#include "engine/kernels/int8_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "engine/kernels/kernel_table.h"
#include "tests/engine/kernels/kernel_test_util.h"

namespace nestor::kernels {
namespace {

using testing::Each;
using testing::ElementsAre;

struct BlockCode {
  explicit BlockCode(const std::vector<float>& row, size_t split_blocks = 0)
      : codes(PaddedDims(row.size()), int8_t{99}), scales(BlockCount(row.size())) {
    bound = EncodeBlockInt8(row.data(), row.size(), split_blocks, codes.data(), scales.data());
    decoded.resize(row.size());
    DecodeBlockInt8(codes.data(), scales.data(), row.size(), decoded.data());
  }
  std::vector<int8_t> codes;
  std::vector<float> scales;
  std::vector<float> decoded;
  float bound;
};

struct RowCode {
  explicit RowCode(const std::vector<float>& row) : codes(PaddedDims(row.size()), int8_t{99}) {
    scale = EncodeRowInt8(row.data(), row.size(), codes.data());
  }
  std::vector<int8_t> codes;
  float scale;
};

long double Distance(const std::vector<float>& a, const std::vector<float>& b) {
  long double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const long double difference = static_cast<long double>(a[i]) - b[i];
    sum += difference * difference;
  }
  return std::sqrt(sum);
}

void ExpectBoundHolds(const std::vector<float>& row) {
  const BlockCode code(row);
  EXPECT_LE(Distance(row, code.decoded), code.bound);
}

template <typename Code>
void ExpectCodesInRange(const Code& code) {
  for (int8_t c : code.codes) ASSERT_NE(c, -128);
}

std::vector<float> Scaled(std::vector<float> values, float factor) {
  for (float& value : values) value *= factor;
  return values;
}

TEST(Int8CodecTest, BoundsHoldForEveryLengthAndMagnitude) {
  for (size_t dims = 0; dims <= kMaxTestDims; ++dims) {
    const std::vector<float> row = RandomFloats(dims, static_cast<uint32_t>(dims));
    for (float factor : {1.0f, 1e-20f, 1e-38f, 3e-43f, 1e-45f, 1e20f, 1e37f}) {
      ExpectBoundHolds(Scaled(row, factor));
    }
  }
}

TEST(Int8CodecTest, BoundIsTight) {
  const std::vector<float> row = RandomFloats(2048, 1);
  const BlockCode code(row);
  EXPECT_GE(Distance(row, code.decoded) * 1.001, code.bound);
}

TEST(Int8CodecTest, ErrorsAreAtMostHalfAStep) {
  const std::vector<float> row = RandomFloats(300, 2);
  const BlockCode code(row);
  for (size_t i = 0; i < row.size(); ++i) {
    ASSERT_LE(std::fabs(row[i] - code.decoded[i]), code.scales[i / kBlockDims] * 0.50001f);
  }
}

TEST(Int8CodecTest, LargestMagnitudeOfEachBlockGetsTheLargestCode) {
  std::vector<float> row(130, 0.5f);
  row[10] = -2;
  row[70] = 8;
  const BlockCode code(row);
  EXPECT_EQ(code.codes[10], -127);
  EXPECT_EQ(code.codes[70], 127);
  EXPECT_THAT(code.scales, ElementsAre(2.0f / 127, 8.0f / 127, 0.5f / 127));
}

// 15 u + l - 128, the u of all split blocks first.
TEST(Int8CodecTest, SplitBlocksHaveFirstHalvesFirst) {
  std::vector<int8_t> codes(192);
  codes[5] = 127;
  codes[64] = -105;  // u 1, l 8
  codes[96] = 17;    // 9 and 10
  codes[128] = -8;   // 7 and 15
  codes[160] = 105;  // 15 and 8
  std::vector<int8_t> split(192, 99), joined(192, 99);
  SplitBlocks(codes.data(), 3, 2, split.data());
  EXPECT_TRUE(std::equal(codes.begin(), codes.begin() + 64, split.begin()));
  const auto byte = [&](size_t at) { return static_cast<uint8_t>(split[at]); };
  EXPECT_EQ(byte(64), 0x91);
  EXPECT_EQ(byte(65), 0x88);  // zeros
  EXPECT_EQ(byte(96), 0xf7);
  EXPECT_EQ(byte(128), 0xa8);
  EXPECT_EQ(byte(160), 0x8f);
  JoinBlocks(split.data(), 3, 2, 3, joined.data());
  EXPECT_EQ(joined, codes);
  joined.assign(192, 99);
  JoinBlocks(split.data(), 3, 2, 2, joined.data());
  EXPECT_TRUE(std::equal(codes.begin(), codes.begin() + 128, joined.begin()));
  EXPECT_EQ(joined[128], 99);
  SplitBlocks(codes.data(), 3, 0, split.data());
  EXPECT_EQ(split, codes);
}

TEST(Int8CodecTest, EverySplitCodeComesBack) {
  std::vector<int8_t> codes(256), split(256), joined(256);
  for (int code = -105; code <= 105; ++code) codes[code + 105] = static_cast<int8_t>(code);
  SplitBlocks(codes.data(), 4, 4, split.data());
  JoinBlocks(split.data(), 4, 4, 4, joined.data());
  EXPECT_EQ(joined, codes);
  for (const int8_t code : codes) {
    EXPECT_EQ(RoughCode(code) % 15, 0);
    EXPECT_LE(std::abs(RoughCode(code) - code), 7);
  }
}

TEST(Int8CodecTest, SplitBlocksHaveSmallerCodes) {
  std::vector<float> row(192, 0.5f);
  row[10] = -2;
  row[70] = 8;
  row[190] = -3;
  const BlockCode code(row, 2);
  EXPECT_EQ(code.codes[10], -127);
  EXPECT_EQ(code.codes[70], 105);
  EXPECT_EQ(code.codes[190], -105);
  EXPECT_THAT(code.scales, ElementsAre(2.0f / 127, 8.0f / 105, 3.0f / 105));
  EXPECT_LE(Distance(row, code.decoded), code.bound);
}

TEST(Int8CodecTest, RowFormHasOneScale) {
  std::vector<float> row(130, 1);
  row[129] = -4;
  const RowCode code(row);
  EXPECT_EQ(code.scale, 4.0f / 127);
  EXPECT_EQ(code.codes[0], 32);  // 127 / 4 = 31.75
  EXPECT_EQ(code.codes[129], -127);
}

TEST(Int8CodecTest, CodesPastTheDimsAreZero) {
  const BlockCode block(std::vector<float>(70, 1));
  const RowCode row(std::vector<float>(70, 1));
  EXPECT_THAT(std::vector<int8_t>(block.codes.begin() + 70, block.codes.end()), Each(0));
  EXPECT_THAT(std::vector<int8_t>(row.codes.begin() + 70, row.codes.end()), Each(0));
}

TEST(Int8CodecTest, ZerosHaveScaleZeroAndNoError) {
  const BlockCode block(std::vector<float>(100, 0));
  EXPECT_THAT(block.codes, Each(0));
  EXPECT_THAT(block.scales, Each(0));
  EXPECT_EQ(block.bound, 0);
  const RowCode row(std::vector<float>(100, -0.0f));
  EXPECT_EQ(row.scale, 0);
}

TEST(Int8CodecTest, ExtremesStayInRange) {
  constexpr float kLargest = std::numeric_limits<float>::max();
  constexpr float kSmallest = std::numeric_limits<float>::denorm_min();
  for (float value :
       {kLargest, -kLargest, kSmallest, -kSmallest, 200 * kSmallest, 190 * kSmallest}) {
    const std::vector<float> row(65, value);
    ExpectCodesInRange(BlockCode(row));
    ExpectCodesInRange(RowCode(row));
    ExpectBoundHolds(row);
  }
}

TEST(Int8CodecTest, HalvesRoundToEven) {
  std::vector<float> row = {127, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f};
  const RowCode code(row);
  EXPECT_EQ(code.scale, 1);
  EXPECT_EQ(std::vector<int8_t>(code.codes.begin(), code.codes.begin() + 7),
            (std::vector<int8_t>{127, 0, 2, 2, 0, -2, -2}));
}

// Stored codes are compared between replicas: the encoders must not change by accident, on any
// processor.
TEST(Int8CodecTest, GivesTheSameBitsEverywhere) {
  const std::vector<float> row = SameFloatsEverywhere(1000);
  const BlockCode code(row);
  uint64_t hash = 14695981039346656037u;  // FNV-1a
  for (int8_t c : code.codes) hash = (hash ^ static_cast<uint8_t>(c)) * 1099511628211u;
  EXPECT_EQ(hash, 8587821229722074328u);
  EXPECT_EQ(code.bound, 0x1.1b2fa6p-4f);
}

}  // namespace
}  // namespace nestor::kernels
