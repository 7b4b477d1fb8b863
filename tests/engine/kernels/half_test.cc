#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "engine/kernels/kernel_table.h"
#include "tests/engine/kernels/kernel_test_util.h"

namespace nestor::kernels {
namespace {

constexpr uint32_t kHalves = 65536;

// IEEE 754: (-1)^sign * 2^(exponent - 15) * 1.fraction, or 2^-14 * 0.fraction when the exponent
// field is zero.
float TrueValue(uint32_t half) {
  const int exponent = (half >> 10) & 31;
  const int fraction = half & 1023;
  double magnitude = 0;
  if (exponent == 31) {
    magnitude = fraction == 0 ? std::numeric_limits<double>::infinity()
                              : std::numeric_limits<double>::quiet_NaN();
  } else if (exponent == 0) {
    magnitude = std::ldexp(fraction, -24);
  } else {
    magnitude = std::ldexp(1024 + fraction, exponent - 25);
  }
  return static_cast<float>((half & 0x8000) != 0 ? -magnitude : magnitude);
}

uint32_t Bits(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

std::vector<uint16_t> AllHalves() {
  std::vector<uint16_t> halves(kHalves);
  for (uint32_t i = 0; i < kHalves; ++i) halves[i] = static_cast<uint16_t>(i);
  return halves;
}

class HalfTest : public KernelTest {};
INSTANTIATE_TEST_SUITE_P(Sets, HalfTest, testing::ValuesIn(AvailableKernels()), TableName);

TEST_P(HalfTest, ConvertsEveryValueExactly) {
  const std::vector<uint16_t> halves = AllHalves();
  std::vector<float> floats(kHalves);
  table().f16_to_f32(halves.data(), kHalves, floats.data());
  for (uint32_t i = 0; i < kHalves; ++i) {
    const float truth = TrueValue(i);
    if (std::isnan(truth)) {
      ASSERT_TRUE(std::isnan(floats[i])) << "half " << i;
    } else {
      ASSERT_EQ(Bits(floats[i]), Bits(truth)) << "half " << i;
    }
  }
}

TEST_P(HalfTest, GivesTheSameBitsAsTheScalarTable) {
  const std::vector<uint16_t> halves = AllHalves();
  std::vector<float> floats(kHalves);
  std::vector<float> scalar(kHalves);
  table().f16_to_f32(halves.data(), kHalves, floats.data());
  AvailableKernels().front()->f16_to_f32(halves.data(), kHalves, scalar.data());
  // Bit for bit: NaN too, and the sign of zero.
  for (size_t i = 0; i < kHalves; ++i) {
    ASSERT_EQ(std::bit_cast<uint32_t>(floats[i]), std::bit_cast<uint32_t>(scalar[i])) << i;
  }
}

TEST_P(HalfTest, ConvertsEveryLengthAndNothingBehind) {
  const std::vector<uint16_t> halves = AllHalves();
  for (size_t count = 0; count <= kMaxTestDims; ++count) {
    for (size_t offset : {0, 1}) {
      const uint16_t* const in = halves.data() + 15000 + offset;
      std::vector<float> out(count + offset + 1, -77);
      table().f16_to_f32(in, count, out.data() + offset);
      for (size_t i = 0; i < count; ++i) ASSERT_EQ(out[offset + i], TrueValue(in[i]));
      ASSERT_EQ(out.back(), -77) << "count " << count;
    }
  }
}

}  // namespace
}  // namespace nestor::kernels
