#include "benchmarks/gen/random_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace nestor::bench {
namespace {

using ::testing::Each;
using ::testing::ElementsAreArray;

std::vector<float> Normals(uint64_t index, size_t count) {
  std::vector<float> numbers(count);
  FillNormals(RandomStream(1, DrawPurpose::kBaseNoise, index), 0, count, numbers.data());
  return numbers;
}

TEST(RandomStreamTest, EveryPlacePurposeIndexAndSeedHasItsOwnNumber) {
  const uint64_t bits = RandomStream(1, DrawPurpose::kMean, 2).Bits(3);
  EXPECT_EQ(RandomStream(1, DrawPurpose::kMean, 2).Bits(3), bits);
  EXPECT_NE(RandomStream(1, DrawPurpose::kMean, 2).Bits(4), bits);
  EXPECT_NE(RandomStream(1, DrawPurpose::kMean, 3).Bits(3), bits);
  EXPECT_NE(RandomStream(1, DrawPurpose::kClassMeans, 2).Bits(3), bits);
  EXPECT_NE(RandomStream(2, DrawPurpose::kMean, 2).Bits(3), bits);
}

TEST(RandomStreamTest, UniformNumbersFillTheRange) {
  const RandomStream stream(1, DrawPurpose::kMean, 0);
  std::vector<int> counts(10);
  for (uint64_t place = 0; place < 100'000; ++place) ++counts[stream.Below(place, 10)];
  // Each is 10,000 +- 95 (one sigma).
  EXPECT_THAT(counts, Each(::testing::AllOf(::testing::Gt(9'500), ::testing::Lt(10'500))));
}

TEST(RandomStreamTest, NormalNumbersHaveTheMomentsAndTailsOfTheNormalDistribution) {
  double sum = 0, squares = 0, fourths = 0;
  int beyond_two = 0;
  const std::vector<float> numbers = Normals(0, 400'000);
  for (const float x : numbers) {
    sum += x;
    squares += double{x} * x;
    fourths += double{x} * x * x * x;
    beyond_two += std::abs(x) > 2 ? 1 : 0;
  }
  const auto n = static_cast<double>(numbers.size());
  EXPECT_NEAR(sum / n, 0, 0.01);  // six sigma
  EXPECT_NEAR(squares / n, 1, 0.015);
  EXPECT_NEAR(fourths / n, 3, 0.1);
  EXPECT_NEAR(beyond_two / n, 0.0455, 0.002);
}

TEST(RandomStreamTest, ThePairOfAPlaceIsIndependent) {
  const std::vector<float> numbers = Normals(0, 256);
  double product = 0;
  for (uint64_t index = 0; index < 1000; ++index) {
    const std::vector<float> pairs = Normals(index, 256);
    for (size_t i = 0; i < 128; ++i) product += double{pairs[i]} * pairs[i + 128];
  }
  EXPECT_NEAR(product / 128'000, 0, 0.017);  // six sigma
}

TEST(RandomStreamTest, NormalNumbersAreThoseOfTheTransformInDouble) {
  const RandomStream stream(1, DrawPurpose::kBaseNoise, 0);
  const std::vector<float> numbers = Normals(0, 256);
  for (uint64_t place = 0; place < 128; ++place) {
    const uint64_t bits = stream.Bits(place);
    const double radius = std::hypot(double{numbers[place]}, double{numbers[place + 128]});
    const double uniform = (static_cast<double>(bits >> 40) + 0.5) * 0x1p-24;
    EXPECT_NEAR(radius, std::sqrt(-2 * std::log(uniform)), 1e-5) << place;
  }
}

TEST(RandomStreamTest, AnyCountGetsTheSameFirstNumbersOfATile) {
  const std::vector<float> tile = Normals(0, 256);
  for (const size_t count : {1, 2, 127, 128, 129, 255}) {
    EXPECT_THAT(Normals(0, count),
                ElementsAreArray(tile.begin(), tile.begin() + static_cast<ptrdiff_t>(count)));
  }
}

}  // namespace
}  // namespace nestor::bench
