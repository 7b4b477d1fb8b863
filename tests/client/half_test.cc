#include "client/half.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace nestor {
namespace {

using ::testing::ElementsAre;

TEST(HalfTest, ConvertsNormalAndSubnormalNumbersExactly) {
  EXPECT_EQ(HalfToFloat(0x3c00), 1.0F);
  EXPECT_EQ(HalfToFloat(0xc000), -2.0F);
  EXPECT_EQ(HalfToFloat(0x7bff), 65504.0F);
  EXPECT_EQ(HalfToFloat(0x0400), std::ldexp(1.0F, -14));
  EXPECT_EQ(HalfToFloat(0x0001), std::ldexp(1.0F, -24));
  EXPECT_EQ(HalfToFloat(0x83ff), -std::ldexp(1023.0F, -24));
}

TEST(HalfTest, KeepsZerosInfinitiesAndNan) {
  EXPECT_TRUE(std::signbit(HalfToFloat(0x8000)));
  EXPECT_EQ(HalfToFloat(0x7c00), std::numeric_limits<float>::infinity());
  EXPECT_EQ(HalfToFloat(0xfc00), -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(HalfToFloat(0x7e00)));
}

TEST(HalfTest, EveryFiniteValueIsItsFractionTimesAPowerOfTwo) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const int exponent = (bits >> 10) & 0x1f;
    const int fraction = bits & 0x3ff;
    if (exponent == 0x1f) continue;
    const double magnitude =
        exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
    const double expected = bits >= 0x8000 ? -magnitude : magnitude;
    EXPECT_EQ(HalfToFloat(static_cast<uint16_t>(bits)), expected) << bits;
  }
}

TEST(DecodeVectorTest, ReadsEveryForm) {
  v1::Vector vector;
  vector.add_values(0.5F);
  EXPECT_THAT(*DecodeVector(vector), ElementsAre(0.5F));
  vector.clear_values();
  vector.set_packed(std::string("\x00\x00\x80\x3f\x00\x00\x00\xc0", 8));
  EXPECT_THAT(*DecodeVector(vector), ElementsAre(1.0F, -2.0F));
  vector.set_packed(std::string("\x00\x3c\x00\xc0", 4));
  vector.set_encoding(v1::Vector::F16);
  EXPECT_THAT(*DecodeVector(vector), ElementsAre(1.0F, -2.0F));
  vector.set_packed(std::string("\x80\x3f\x00\xc0", 4));
  vector.set_encoding(v1::Vector::BF16);
  EXPECT_THAT(*DecodeVector(vector), ElementsAre(1.0F, -2.0F));
}

TEST(DecodeVectorTest, RefusesALengthThatIsNoMultipleAndBothForms) {
  v1::Vector vector;
  vector.set_packed("12345");
  EXPECT_EQ(DecodeVector(vector).status().message(),
            "vector: 5 packed bytes do not fit encoding 0");
  vector.set_packed("1234");
  vector.add_values(1);
  EXPECT_EQ(DecodeVector(vector).status().message(), "vector: both `values` and `packed` are set");
}

}  // namespace
}  // namespace nestor
