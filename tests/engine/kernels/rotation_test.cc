#include "engine/kernels/rotation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/engine/kernels/kernel_test_util.h"

namespace nestor::kernels {
namespace {

std::vector<float> Rotated(std::vector<float> values) {
  Rotation(values.size()).Apply(values.data());
  return values;
}

TEST(RotationTest, KeepsDotProductsOfEveryLength) {
  for (size_t dims = 0; dims <= kMaxTestDims; ++dims) {
    const std::vector<float> a = RandomFloats(dims, 1), b = RandomFloats(dims, 2);
    const double scale = std::sqrt(Dot(a, a) * Dot(b, b));
    EXPECT_NEAR(Dot(Rotated(a), Rotated(b)), Dot(a, b), 1e-5 * scale) << dims;
    EXPECT_NEAR(Dot(Rotated(a), Rotated(a)), Dot(a, a), 1e-5 * Dot(a, a)) << dims;
  }
}

// A code of a few bits is good only if no dim stands out.
TEST(RotationTest, SpreadsASingleDimOverAll) {
  for (const size_t dims : {64, 100, 128, 192, 384, 768, 1000}) {
    for (const size_t one : {size_t{0}, dims / 2, dims - 1}) {
      std::vector<float> values(dims);
      values[one] = 1;
      values = Rotated(values);
      float largest = 0;
      for (const float value : values) largest = std::max(largest, std::abs(value));
      // Of as many normal values with the same norm, hardly ever one is beyond 6 deviations.
      EXPECT_LT(largest, 6 / std::sqrt(static_cast<float>(dims))) << dims << ", " << one;
    }
  }
}

// Segments are coded by one build and searched by another.
TEST(RotationTest, IsTheSameEverywhere) {
  std::vector<float> values(6);
  values[2] = 1;
  const std::vector<float> expected = {-0.625f, -0.375f, -0.125f, -0.5f, -0.375f, 0.25f};
  const std::vector<float> rotated = Rotated(values);
  for (size_t i = 0; i < values.size(); ++i) EXPECT_FLOAT_EQ(rotated[i], expected[i]) << i;
}

}  // namespace
}  // namespace nestor::kernels
