#include "engine/kernels/int8_query.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/kernels/kernel_table.h"
#include "tests/engine/kernels/kernel_test_util.h"

namespace nestor::kernels {
namespace {

double PlaneValue(const Int8Query& query, size_t i) {
  return double{query.block_scales[i / kBlockDims]} * (128 * query.high[i] + query.low[i]);
}

double PlaneError(const std::vector<float>& values, const Int8Query& query) {
  double sum = 0;
  for (size_t i = 0; i < values.size(); ++i) sum += std::pow(values[i] - PlaneValue(query, i), 2);
  return std::sqrt(sum);
}

void ExpectContract(const std::vector<float>& values) {
  const PreparedQuery prepared(values.data(), values.size());
  const Int8Query query = prepared.view();
  EXPECT_EQ(prepared.dims(), values.size());
  EXPECT_LE(PlaneError(values, query), prepared.error());
  for (size_t i = 0; i < PaddedDims(values.size()); ++i) {
    ASSERT_GE(query.high[i], -127);
    ASSERT_GE(query.low[i], -64);
    ASSERT_LE(query.low[i], 63);
    if (i >= values.size()) {
      ASSERT_EQ(query.high[i], 0);
      ASSERT_EQ(query.low[i], 0);
    }
  }
}

TEST(PreparedQueryTest, HoldsItsContractForEveryLengthAndMagnitude) {
  for (size_t dims = 0; dims <= kMaxTestDims; ++dims) {
    for (float factor : {1.0f, 1e-30f, 1e-41f, 1e-45f, 1e30f}) {
      std::vector<float> values = RandomFloats(dims, static_cast<uint32_t>(dims));
      for (float& value : values) value *= factor;
      ExpectContract(values);
    }
  }
}

TEST(PreparedQueryTest, HoldsItsContractAtTheEndsOfFloat) {
  constexpr float kLargest = std::numeric_limits<float>::max();
  ExpectContract(std::vector<float>(65, kLargest));
  ExpectContract(std::vector<float>(65, -kLargest));
  ExpectContract(std::vector<float>(65, std::numeric_limits<float>::denorm_min()));
  ExpectContract(std::vector<float>(65, 0));
}

TEST(PreparedQueryTest, EveryMultipleSurvivesThePlanes) {
  constexpr int kLargest = 16256;
  for (int first = -kLargest; first <= kLargest; first += 63) {
    std::vector<float> values(64, kLargest);
    for (int i = 0; i < 63; ++i) values[i] = static_cast<float>(std::min(first + i, kLargest));
    const PreparedQuery prepared(values.data(), values.size());
    const Int8Query query = prepared.view();
    ASSERT_EQ(query.block_scales[0], 1);
    for (size_t i = 0; i < 64; ++i) ASSERT_EQ(PlaneValue(query, i), values[i]);
  }
}

TEST(PreparedQueryTest, LosesLessThanRowCodesByFar) {
  const std::vector<float> values = RandomFloats(2048, 1);
  double norm2 = 0;
  for (float value : values) norm2 += double{value} * value;
  const PreparedQuery prepared(values.data(), values.size());
  EXPECT_LT(prepared.error(), 1e-4 * std::sqrt(norm2));  // int8 rows: about 5e-3
}

TEST(PreparedQueryTest, CopiesItsInput) {
  std::vector<float> values(10, 2);
  const PreparedQuery prepared(values.data(), values.size());
  values.assign(10, 7);
  EXPECT_NEAR(PlaneValue(prepared.view(), 9), 2, 1e-3);
}

TEST(PreparedQueryTest, ViewsOfACopyPointIntoTheCopy) {
  const std::vector<float> values(10, 2);
  const PreparedQuery original(values.data(), values.size());
  PreparedQuery copy(values.data(), 1);
  copy = original;
  EXPECT_NE(copy.view().high, original.view().high);
  EXPECT_NE(copy.view().block_scales, original.view().block_scales);
}

}  // namespace
}  // namespace nestor::kernels
