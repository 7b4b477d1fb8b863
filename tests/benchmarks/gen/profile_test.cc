#include "benchmarks/gen/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace nestor::bench {
namespace {

using ::testing::DoubleNear;
using ::testing::SizeIs;

double EnergyUpTo(const std::vector<GenBlock>& blocks, uint32_t dims) {
  double energy = 0;
  for (const GenBlock& block : blocks) {
    if (block.end <= dims) energy += block.variance * (block.end - block.begin);
  }
  return energy;
}

TEST(GenProfileTest, BlocksDoubleAndCoverAllDims) {
  const std::vector<GenBlock> blocks = GenBlocks(*FindGenProfile("imagenet"), 2048);
  ASSERT_THAT(blocks, SizeIs(9));
  EXPECT_EQ(blocks[0].end, 8);
  for (size_t b = 1; b < blocks.size(); ++b) {
    EXPECT_EQ(blocks[b].begin, blocks[b - 1].end);
    EXPECT_EQ(blocks[b].end, 2 * blocks[b].begin);
  }
}

TEST(GenProfileTest, DimsThatAreNoPowerOfTwoEndInAShorterBlock) {
  EXPECT_EQ(GenBlocks(*FindGenProfile("text"), 100).back().end, 100);
  EXPECT_THAT(GenBlocks(*FindGenProfile("text"), 3), SizeIs(1));
}

TEST(GenProfileTest, EnergyIsAPowerOfTheDims) {
  for (const GenProfile& profile : GenProfiles()) {
    const std::vector<GenBlock> blocks = GenBlocks(profile, 2048);
    for (const uint32_t m : {8, 16, 64, 512, 2048}) {
      EXPECT_THAT(EnergyUpTo(blocks, m), DoubleNear(std::pow(m / 2048.0, profile.beta), 1e-12));
    }
  }
}

TEST(GenProfileTest, ConcentratedHas84PercentOfTheEnergyIn64Of2048Dims) {
  EXPECT_NEAR(EnergyUpTo(GenBlocks(*FindGenProfile("concentrated"), 2048), 64), 0.84, 1e-4);
}

TEST(GenProfileTest, SharesOfImagenetFallWithDepth) {
  const std::vector<GenBlock> blocks = GenBlocks(*FindGenProfile("imagenet"), 1U << 16);
  EXPECT_DOUBLE_EQ(blocks[0].class_share, 0.99);
  EXPECT_DOUBLE_EQ(blocks[2].class_share, 0.99 * 0.92 * 0.92);
  EXPECT_DOUBLE_EQ(blocks.back().class_share, 0.4);
  EXPECT_DOUBLE_EQ(blocks[3].superclass_share, 0.5 * 0.8 * 0.8 * 0.8);
}

TEST(GenProfileTest, AnUnknownNameIsNoProfile) { EXPECT_FALSE(FindGenProfile("images")); }

}  // namespace
}  // namespace nestor::bench
