#include "engine/prefix_choice.h"

#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "engine/basis.h"
#include "engine/float32_tier.h"
#include "engine/kernels/rotation.h"
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

std::shared_ptr<const PrefixCoder> Chosen(const ResolvedSpec& spec, const KeptVectors& vectors,
                                          std::shared_ptr<const PrefixCoder> current) {
  return testing::ValueOf(ChooseCoder(spec, vectors, {std::move(current)}));
}

PrefixCodeFormat FormatFor(IndexKind kind, const Data& data) {
  return Chosen(ChosenSpec(kind), *TierOf(data), nullptr)->format();
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
  EXPECT_EQ(Chosen(ChosenSpec(IndexKind::kFlat, 100, 8), *tier, nullptr)->format(), Format(100, 8));
  EXPECT_EQ(Chosen(ChosenSpec(IndexKind::kFlat, 100), *tier, nullptr)->format(), Format(100, 4));
  EXPECT_EQ(Chosen(ChosenSpec(IndexKind::kFlat, 0, 2), *tier, nullptr)->format(), Format(256, 2));
  const auto floats = Chosen(ChosenSpec(IndexKind::kFlat, 0, 32), *tier, nullptr);
  EXPECT_EQ(floats->format(), Format(64, 32));
  EXPECT_TRUE(floats->centre().empty());
}

TEST(ChooseCoderTest, FewRowsGetTheDefault) {
  EXPECT_EQ(FormatFor(IndexKind::kFlat, {.rows = 1000}), Format(128, 4));
  EXPECT_EQ(FormatFor(IndexKind::kFlat, {.rows = 1}), Format(128, 4));
}

TEST(ChooseCoderTest, TheCentreIsTheMeanOfThePrefixes) {
  const auto coder = Chosen(ChosenSpec(IndexKind::kFlat, 64, 8), *TierOf({.mean = 1}), nullptr);
  // Each dim has a mean square of 2, half of it from the mean; so has the unit prefix.
  ASSERT_EQ(coder->centre().size(), 64u);
  for (const float value : coder->centre()) EXPECT_NEAR(value, 1 / std::sqrt(128.0), 0.01);
}

TEST(ChooseCoderTest, StaysWhileTheDataIsTheSame) {
  const ResolvedSpec spec = ChosenSpec(IndexKind::kFlat);
  const auto tier = TierOf({.mean = 1});
  const auto first = Chosen(spec, *tier, nullptr);
  EXPECT_EQ(Chosen(spec, *tier, first), first);
  EXPECT_EQ(Chosen(spec, *TierOf({.mean = 1, .rows = 3000}), first), first);
}

TEST(ChooseCoderTest, FollowsTheData) {
  const ResolvedSpec spec = ChosenSpec(IndexKind::kFlat);
  const auto deep = Chosen(spec, *TierOf({}), nullptr);
  const auto shallow = Chosen(spec, *TierOf({.telling = 56}), deep);
  EXPECT_EQ(shallow->format(), Format(56, 8));
  const auto moved = Chosen(spec, *TierOf({.telling = 56, .mean = 1}), shallow);
  EXPECT_EQ(moved->format(), Format(56, 8));
  EXPECT_NE(*moved, *shallow);
}

TEST(ChooseCoderTest, PartsFromALargerSegmentOnlyForMore) {
  const ResolvedSpec spec = ChosenSpec(IndexKind::kFlat);
  const auto deep = Chosen(spec, *TierOf({}), nullptr);
  const auto tier = TierOf({.telling = 56});
  const auto beside = [&](double worth) {
    return testing::ValueOf(ChooseCoder(spec, *tier, {deep, worth}))->format();
  };
  EXPECT_EQ(beside(kWorthParting), Format(56, 8)) << "half of the dims tell nothing";
  EXPECT_EQ(beside(1), deep->format());
}

// Vectors of which each dim weighs less than the one before; `turned` by a rotation, all weigh the
// same.
std::unique_ptr<RerankTier> Falling(bool turned, size_t rows = 2500, uint64_t seed = 4) {
  auto tier = std::make_unique<Float32Tier>(Metric::kCosine, kDims, rows);
  const kernels::Rotation rotation(kDims);
  Random random(seed);
  for (size_t row = 0; row < rows; ++row) {
    std::vector<float> vector = random.GaussianVector(kDims);
    for (uint32_t i = 0; i < kDims; ++i) vector[i] *= std::pow(0.97f, static_cast<float>(i));
    if (turned) rotation.Apply(vector.data());
    tier->Append(vector.data());
  }
  return tier;
}

ResolvedSpec LearningSpec(Transform transform, uint32_t prefix_dims = 0, uint32_t prefix_bits = 0) {
  ResolvedSpec spec = ChosenSpec(IndexKind::kHnsw, prefix_dims, prefix_bits);
  spec.transform = transform;
  return spec;
}

TEST(ChooseCoderTest, ABasisIsLearntWhereItIsAskedFor) {
  const auto turned = Falling(true);
  EXPECT_EQ(Chosen(LearningSpec(Transform::kNone), *turned, nullptr)->basis(), nullptr);
  const auto learnt = Chosen(LearningSpec(Transform::kPca), *turned, nullptr);
  ASSERT_NE(learnt->basis(), nullptr);
  EXPECT_EQ(learnt->basis()->size(), learnt->format().dims);
  EXPECT_TRUE(learnt->format().learnt);
  EXPECT_TRUE(Chosen(LearningSpec(Transform::kPca), *Falling(false), nullptr)->format().learnt);
}

TEST(ChooseCoderTest, AutoLearnsWhatKeepsMore) {
  const ResolvedSpec spec = LearningSpec(Transform::kAuto, 32, 8);
  EXPECT_TRUE(Chosen(spec, *Falling(true), nullptr)->format().learnt);
  EXPECT_FALSE(Chosen(spec, *Falling(false), nullptr)->format().learnt);
}

// What users ask may lie where the points hardly are: a basis of the points is blind there.
TEST(ChooseCoderTest, AutoIsJudgedByWhatWasAsked) {
  const ResolvedSpec spec = LearningSpec(Transform::kAuto, 32, 8);
  const kernels::Rotation rotation(kDims);
  Random random(8);
  std::vector<std::vector<float>> asked(128, std::vector<float>(kDims));
  for (std::vector<float>& query : asked) {
    for (uint32_t i = 300; i < kDims; ++i) query[i] = static_cast<float>(random.Gaussian());
    rotation.Apply(query.data());
  }
  const auto coder = testing::ValueOf(ChooseCoder(spec, *Falling(true), {}, asked));
  EXPECT_FALSE(coder->format().learnt);
  asked.pop_back();  // too few to judge by
  const auto by_points = testing::ValueOf(ChooseCoder(spec, *Falling(true), {}, asked));
  EXPECT_TRUE(by_points->format().learnt);
}

TEST(ChooseCoderTest, ABasisKeepsWhatTheSpecSays) {
  const auto turned = Falling(true);
  const auto fixed = Chosen(LearningSpec(Transform::kPca, 100, 8), *turned, nullptr);
  EXPECT_EQ(fixed->format(), (PrefixCodeFormat{Metric::kCosine, 100, 8, true}));
  const auto floats = Chosen(LearningSpec(Transform::kAuto, 32, 32), *turned, nullptr);
  EXPECT_EQ(floats->format(), (PrefixCodeFormat{Metric::kCosine, 32, 32, true}));
}

TEST(ChooseCoderTest, FewVectorsTeachNothing) {
  const auto few = Falling(true, kLeastRowsPerDim * kDims - 1);
  EXPECT_EQ(Chosen(LearningSpec(Transform::kPca), *few, nullptr)->basis(), nullptr);
}

TEST(ChooseCoderTest, ABasisStaysWhileTheDataIsTheSame) {
  for (const Transform transform : {Transform::kPca, Transform::kAuto}) {
    const ResolvedSpec spec = LearningSpec(transform, 32, 8);
    const auto first = Chosen(spec, *Falling(true), nullptr);
    EXPECT_EQ(Chosen(spec, *Falling(true, 3000), first), first);
  }
}

TEST(ChooseCoderTest, ABasisFollowsTheData) {
  const auto first = Chosen(LearningSpec(Transform::kPca), *Falling(true), nullptr);
  const auto other = Chosen(LearningSpec(Transform::kPca), *Falling(false), first);
  EXPECT_NE(other->basis()->version(), first->basis()->version());
  EXPECT_FALSE(Chosen(LearningSpec(Transform::kAuto), *Falling(false), first)->format().learnt);
}

TEST(IsFormatOfTest, TakesWhatIsLearntWhereTheSpecLearns) {
  const PrefixCodeFormat learnt = {Metric::kCosine, 64, 8, true};
  EXPECT_FALSE(IsFormatOf(LearningSpec(Transform::kNone), learnt));
  EXPECT_TRUE(IsFormatOf(LearningSpec(Transform::kPca), learnt));
  EXPECT_TRUE(IsFormatOf(LearningSpec(Transform::kAuto), learnt));
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
