#include "benchmarks/gen/point_maker.h"

#include <algorithm>
#include <cmath>

#include "benchmarks/gen/within_loop.h"

namespace nestor::bench {
namespace {

// Places in the stream of a point's choices.
enum Place : uint64_t { kClass, kOtherClass, kWeight, kIsMixed, kIsDuplicate, kOriginal };
constexpr uint64_t kMaxTries = 64;

// The quantile function of Beta(1, b).
double BetaQuantile(double uniform, double b) { return 1 - std::pow(1 - uniform, 1 / b); }

// Scales the dims of a block so that their mean square is exactly `wanted`.
void SetMeanSquare(const GenBlock& block, double wanted, float* vector) {
  double energy = 0;
  for (uint32_t d = block.begin; d < block.end; ++d) energy += double{vector[d]} * vector[d];
  const double scale = energy > 0 ? std::sqrt(wanted * (block.end - block.begin) / energy) : 0;
  for (uint32_t d = block.begin; d < block.end; ++d) vector[d] *= static_cast<float>(scale);
}

}  // namespace

PointMaker::PointMaker(const GenProfile& profile, uint32_t dims, uint64_t seed, bool rotated)
    : profile_(profile),
      dims_(dims),
      seed_(seed),
      blocks_(GenBlocks(profile, dims)),
      noise_scale_(dims) {
  FillMeans();
  FillLatentDirections();
  if (rotated) rotation_.emplace(dims);
}

std::vector<float> PointMaker::MeanOfAll() const {
  std::vector<float> mean(dims_);
  FillNormals(RandomStream(seed_, DrawPurpose::kMean, 0), 0, dims_, mean.data());
  for (const GenBlock& block : blocks_) {
    SetMeanSquare(block, block.variance * profile_.mean_share, mean.data());
  }
  return mean;
}

void PointMaker::FillMeans() {
  const std::vector<float> mean = MeanOfAll();
  std::vector<float> superclass(dims_);
  means_.resize(size_t{profile_.classes} * dims_);
  for (uint32_t c = 0; c < profile_.classes; ++c) {
    float* own = &means_[size_t{c} * dims_];
    const uint32_t group = c % profile_.superclasses;
    FillNormals(RandomStream(seed_, DrawPurpose::kSuperclassMeans, group), 0, dims_,
                superclass.data());
    FillNormals(RandomStream(seed_, DrawPurpose::kClassMeans, c), 0, dims_, own);
    for (const GenBlock& block : blocks_) {
      const auto superclass_scale = static_cast<float>(std::sqrt(block.superclass_share));
      const auto own_scale = static_cast<float>(std::sqrt(1 - block.superclass_share));
      for (uint32_t d = block.begin; d < block.end; ++d) {
        own[d] = superclass_scale * superclass[d] + own_scale * own[d];
      }
      SetMeanSquare(block, block.variance * (1 - profile_.mean_share) * block.class_share, own);
      for (uint32_t d = block.begin; d < block.end; ++d) own[d] += mean[d];
    }
  }
}

// Every dim of W z has variance 1 before it is scaled: its weights are of unit length.
void PointMaker::FillLatentDirections() {
  const size_t latents = profile_.latents;
  directions_.resize(latents * dims_);
  std::vector<float> weights(latents);
  for (const GenBlock& block : blocks_) {
    const double within = block.variance * (1 - profile_.mean_share) * (1 - block.class_share);
    for (uint32_t d = block.begin; d < block.end; ++d) {
      FillNormals(RandomStream(seed_, DrawPurpose::kLatentDirections, d), 0, latents,
                  weights.data());
      double norm2 = 0;
      for (const float weight : weights) norm2 += double{weight} * weight;
      const double scale = norm2 > 0 ? std::sqrt(within * profile_.latent_share / norm2) : 0;
      for (size_t l = 0; l < latents; ++l) {
        directions_[l * dims_ + d] = static_cast<float>(weights[l] * scale);
      }
      noise_scale_[d] = static_cast<float>(std::sqrt(within * (1 - profile_.latent_share)));
    }
  }
}

bool PointMaker::IsDuplicate(uint64_t row) const {
  if (row == 0) return false;
  const RandomStream choices(seed_, DrawPurpose::kBaseChoices, row);
  return choices.Uniform(kIsDuplicate) < kDuplicateShare;
}

uint64_t PointMaker::OriginalOf(uint64_t row) const {
  if (!IsDuplicate(row)) return row;
  const RandomStream choices(seed_, DrawPurpose::kBaseChoices, row);
  for (uint64_t i = 0; i < kMaxTries; ++i) {
    const uint64_t original = choices.Below(kOriginal + i, row);
    if (!IsDuplicate(original)) return original;
  }
  return 0;
}

PointMaker::Choices PointMaker::Choose(GenRole role, uint64_t row) const {
  const bool is_query = role == GenRole::kQuery;
  const RandomStream stream(seed_,
                            is_query ? DrawPurpose::kQueryChoices : DrawPurpose::kBaseChoices, row);
  Choices choices;
  choices.own_class = static_cast<uint32_t>(stream.Below(kClass, profile_.classes));
  const uint32_t siblings = profile_.classes / profile_.superclasses;
  const auto steps = static_cast<uint32_t>(1 + stream.Below(kOtherClass, siblings - 1));
  choices.other_class = (choices.own_class + steps * profile_.superclasses) % profile_.classes;
  if (is_query) {
    const RandomStream start(seed_, DrawPurpose::kQueryChoices, ~uint64_t{0});
    const uint64_t spread = start.Bits(kWeight) + row * kGoldenStep;
    choices.other_weight = BetaQuantile(static_cast<double>(spread >> 11) * 0x1p-53, kMixBeta);
  } else if (stream.Uniform(kIsMixed) < kMixedShare) {
    choices.other_weight = BetaQuantile(stream.Uniform(kWeight), kMixBeta);
  }
  return choices;
}

int32_t PointMaker::Make(GenRole role, uint64_t row, float* out) const {
  const int32_t label = MakeUnturned(role, row, out);
  if (rotation_) rotation_->Apply(out);
  return label;
}

int32_t PointMaker::MakeUnturned(GenRole role, uint64_t row, float* out) const {
  if (role == GenRole::kQuery) return MakeOriginal(role, row, out);
  const uint64_t original = OriginalOf(row);
  const int32_t label = MakeOriginal(role, original, out);
  if (original != row) AddDuplicateNoise(row, out);
  return label;
}

int32_t PointMaker::MakeOriginal(GenRole role, uint64_t row, float* out) const {
  const Choices choices = Choose(role, row);
  MixMeans(&means_[size_t{choices.own_class} * dims_], &means_[size_t{choices.other_class} * dims_],
           static_cast<float>(choices.other_weight), dims_, out);
  AddWithin(role, row, out);
  const bool looks_like_other = choices.other_weight > 0.5;
  return static_cast<int32_t>(role == GenRole::kBase && looks_like_other ? choices.other_class
                                                                         : choices.own_class);
}

void PointMaker::AddWithin(GenRole role, uint64_t row, float* out) const {
  const bool is_query = role == GenRole::kQuery;
  const size_t latents = profile_.latents;
  std::vector<float> z(latents + 1);
  FillNormals(
      RandomStream(seed_, is_query ? DrawPurpose::kQueryLatents : DrawPurpose::kBaseLatents, row),
      0, latents + 1, z.data());
  // Less sigma^2, which makes the mean square 1.
  const double scale = std::exp(kScaleSigma * z.back() - kScaleSigma * kScaleSigma);
  const RandomStream noise(seed_, is_query ? DrawPurpose::kQueryNoise : DrawPurpose::kBaseNoise,
                           row);
  AddLatentsAndNoise({directions_.data(), z.data(), latents, noise_scale_.data(),
                      static_cast<float>(scale), dims_},
                     noise, out);
}

void PointMaker::AddDuplicateNoise(uint64_t row, float* out) const {
  std::vector<float> noise(dims_);
  FillNormals(RandomStream(seed_, DrawPurpose::kDuplicateNoise, row), 0, dims_, noise.data());
  for (const GenBlock& block : blocks_) {
    const auto scale = static_cast<float>(std::sqrt(block.variance * kDuplicateNoise));
    for (uint32_t d = block.begin; d < block.end; ++d) out[d] += scale * noise[d];
  }
}

}  // namespace nestor::bench
