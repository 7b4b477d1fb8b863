#include "benchmarks/gen/profile.h"

#include <algorithm>
#include <cmath>

namespace nestor::bench {
namespace {

constexpr uint32_t kFirstBlockDims = 8;

// 84 % of the energy in 64 of 2,048 dims: ln(0.84) / ln(64 / 2048).
constexpr double kConcentratedBeta = 0.050308;

Json ShareJson(const FallingShare& share) {
  return {{"first", share.first}, {"decay", share.decay}, {"least", share.least}};
}

}  // namespace

double FallingShare::At(int block) const { return std::max(least, first * std::pow(decay, block)); }

const std::vector<GenProfile>& GenProfiles() {
  static const auto& profiles = *new std::vector<GenProfile>{
      {.name = "imagenet",
       .beta = 0.6,
       .class_share = {.first = 0.99, .decay = 0.92, .least = 0.4},
       .superclass_share = {.first = 0.5, .decay = 0.8},
       .classes = 1000,
       .superclasses = 50,
       .latents = 16},
      {.name = "text",
       .beta = 0.85,
       .class_share = {.first = 0.55},
       .superclass_share = {.first = 0},
       .classes = 10000,
       .superclasses = 1,
       .latents = 64},
      {.name = "concentrated",
       .beta = kConcentratedBeta,
       .class_share = {.first = 0.55},
       .superclass_share = {.first = 0.3},
       .classes = 1000,
       .superclasses = 50,
       .latents = 16,
       .mean_share = 0.6},
  };
  return profiles;
}

std::optional<GenProfile> FindGenProfile(absl::string_view name) {
  for (const GenProfile& profile : GenProfiles()) {
    if (profile.name == name) return profile;
  }
  return std::nullopt;
}

std::vector<GenBlock> GenBlocks(const GenProfile& profile, uint32_t dims) {
  const auto energy_up_to = [&](uint32_t m) {
    return std::pow(static_cast<double>(m) / dims, profile.beta);
  };
  std::vector<GenBlock> blocks;
  for (uint32_t begin = 0; begin < dims;) {
    const uint32_t end = std::min(dims, std::max(kFirstBlockDims, 2 * begin));
    const double energy = energy_up_to(end) - energy_up_to(begin);
    const int number = static_cast<int>(blocks.size());
    blocks.push_back({.begin = begin,
                      .end = end,
                      .variance = energy / (end - begin),
                      .class_share = profile.class_share.At(number),
                      .superclass_share = profile.superclass_share.At(number)});
    begin = end;
  }
  return blocks;
}

Json ProfileJson(const GenProfile& profile) {
  return {{"beta", profile.beta},
          {"class_share", ShareJson(profile.class_share)},
          {"superclass_share", ShareJson(profile.superclass_share)},
          {"classes", profile.classes},
          {"superclasses", profile.superclasses},
          {"latents", profile.latents},
          {"latent_share", profile.latent_share},
          {"mean_share", profile.mean_share},
          {"scale_sigma", kScaleSigma},
          {"mixed_share", kMixedShare},
          {"mix_beta", kMixBeta},
          {"duplicate_share", kDuplicateShare},
          {"duplicate_noise", kDuplicateNoise}};
}

}  // namespace nestor::bench
