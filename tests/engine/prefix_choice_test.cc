#include "engine/prefix_choice.h"

#include <memory>
#include <vector>

#include "engine/float32_tier.h"
#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

using testing::Random;

constexpr uint32_t kDims = 600;

ResolvedSpec ChosenSpec(IndexKind kind, uint32_t prefix_dims = 0, uint32_t prefix_bits = 0) {
  CollectionSpec spec;
  spec.name = "docs";
  spec.dims = kDims;
  spec.index_kind = kind;
  spec.prefix_dims = prefix_dims;
  spec.prefix_bits = prefix_bits;
  return testing::Resolve(spec);
}

struct Data {
  uint32_t telling = kDims;  // dims that are not next to nothing
  double mean = 0;           // of all of them
  size_t rows = 2000;
};

std::unique_ptr<RerankTier> TierOf(const Data& data) {
  auto tier = std::make_unique<Float32Tier>(Metric::kCosine, kDims, data.rows);
  Random random(3);
  for (size_t row = 0; row < data.rows; ++row) {
    std::vector<float> vector = random.GaussianVector(kDims);
    for (uint32_t i = 0; i < kDims; ++i) {
      vector[i] = (vector[i] + static_cast<float>(data.mean)) * (i < data.telling ? 1 : 0.01f);
    }
    tier->Append(vector.data());
  }
  return tier;
}

PrefixCodeFormat FormatFor(IndexKind kind, const Data& data) {
  return ChooseCoder(ChosenSpec(kind), *TierOf(data), nullptr)->format();
}

constexpr PrefixCodeFormat Format(uint32_t dims, uint32_t bits) {
  return {Metric::kCosine, dims, bits};
}

TEST(ChooseCoderTest, GoesAsDeepAsTheVectorsHaveSomethingToTell) {
  EXPECT_EQ(FormatFor(IndexKind::kFlat, {.telling = 56}), Format(56, 8));
  EXPECT_EQ(FormatFor(IndexKind::kFlat, {.telling = 112}), Format(112, 4));
  EXPECT_EQ(FormatFor(IndexKind::kFlat, {.telling = 224}), Format(224, 2));
  EXPECT_EQ(FormatFor(IndexKind::kFlat, {}), Format(448, 1));
  EXPECT_EQ(FormatFor(IndexKind::kIvf, {}), Format(448, 1));
}

TEST(ChooseCoderTest, NoGraphIsWalkedByOneBit) {
  EXPECT_EQ(FormatFor(IndexKind::kHnsw, {}), Format(224, 2));
}

TEST(ChooseCoderTest, KeepsWhatTheSpecSays) {
  const auto tier = TierOf({.mean = 1});
  EXPECT_EQ(ChooseCoder(ChosenSpec(IndexKind::kFlat, 100, 8), *tier, nullptr)->format(),
            Format(100, 8));
  EXPECT_EQ(ChooseCoder(ChosenSpec(IndexKind::kFlat, 100), *tier, nullptr)->format(),
            Format(100, 4));
  EXPECT_EQ(ChooseCoder(ChosenSpec(IndexKind::kFlat, 0, 2), *tier, nullptr)->format(),
            Format(256, 2));
  const auto floats = ChooseCoder(ChosenSpec(IndexKind::kFlat, 0, 32), *tier, nullptr);
  EXPECT_EQ(floats->format(), Format(64, 32));
  EXPECT_TRUE(floats->centre().empty());
}

TEST(ChooseCoderTest, FewRowsGetTheDefault) {
  EXPECT_EQ(FormatFor(IndexKind::kFlat, {.rows = 1000}), Format(128, 4));
  EXPECT_EQ(FormatFor(IndexKind::kFlat, {.rows = 1}), Format(128, 4));
}

TEST(ChooseCoderTest, TheCentreIsTheMeanOfThePrefixes) {
  const auto coder =
      ChooseCoder(ChosenSpec(IndexKind::kFlat, 64, 8), *TierOf({.mean = 1}), nullptr);
  // Each dim has a mean square of 2, half of it from the mean; so has the unit prefix.
  ASSERT_EQ(coder->centre().size(), 64u);
  for (const float value : coder->centre()) EXPECT_NEAR(value, 1 / std::sqrt(128.0), 0.01);
}

TEST(ChooseCoderTest, StaysWhileTheDataIsTheSame) {
  const ResolvedSpec spec = ChosenSpec(IndexKind::kFlat);
  const auto tier = TierOf({.mean = 1});
  const auto first = ChooseCoder(spec, *tier, nullptr);
  EXPECT_EQ(ChooseCoder(spec, *tier, first), first);
  EXPECT_EQ(ChooseCoder(spec, *TierOf({.mean = 1, .rows = 3000}), first), first);
}

TEST(ChooseCoderTest, FollowsTheData) {
  const ResolvedSpec spec = ChosenSpec(IndexKind::kFlat);
  const auto deep = ChooseCoder(spec, *TierOf({}), nullptr);
  const auto shallow = ChooseCoder(spec, *TierOf({.telling = 56}), deep);
  EXPECT_EQ(shallow->format(), Format(56, 8));
  const auto moved = ChooseCoder(spec, *TierOf({.telling = 56, .mean = 1}), shallow);
  EXPECT_EQ(moved->format(), Format(56, 8));
  EXPECT_NE(*moved, *shallow);
}

TEST(IsFormatOfTest, TakesWhatIsValidAndNotContrary) {
  EXPECT_TRUE(IsFormatOf(ChosenSpec(IndexKind::kHnsw), Format(512, 1)));
  EXPECT_FALSE(IsFormatOf(ChosenSpec(IndexKind::kHnsw), Format(601, 1)));
  EXPECT_FALSE(IsFormatOf(ChosenSpec(IndexKind::kHnsw), Format(0, 1)));
  EXPECT_FALSE(IsFormatOf(ChosenSpec(IndexKind::kHnsw), Format(64, 3)));
  EXPECT_FALSE(IsFormatOf(ChosenSpec(IndexKind::kHnsw), {Metric::kL2, 64, 8}));
  EXPECT_FALSE(IsFormatOf(ChosenSpec(IndexKind::kHnsw, 64), Format(128, 4)));
  EXPECT_FALSE(IsFormatOf(ChosenSpec(IndexKind::kHnsw, 0, 8), Format(128, 4)));
  EXPECT_TRUE(IsFormatOf(ChosenSpec(IndexKind::kHnsw, 64, 8), Format(64, 8)));
}

}  // namespace
}  // namespace nestor
