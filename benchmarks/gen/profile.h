#ifndef NESTOR_BENCHMARKS_GEN_PROFILE_H_
#define NESTOR_BENCHMARKS_GEN_PROFILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/json.h"

namespace nestor::bench {

// A share that falls from block to block: max(least, first * decay^b) in block b.
struct FallingShare {
  double first = 0;
  double decay = 1;
  double least = 0;

  double At(int block) const;
};

// What synthetic Matryoshka vectors are like. D dims fall into blocks (0,8], (8,16], (16,32], ...,
// up to D, which share what changes with depth. In block b a vector is
//
//   mean + sqrt(rho_b) * class mean + sqrt(1 - rho_b) * scale * within
//   class mean = sqrt(s_b) * superclass + sqrt(1 - s_b) * own
//   within     = sqrt(lambda) * (W z) + sqrt(1 - lambda) * noise
//
// all but the mean of variance 1 in each dim, times what makes the expected energy (squared length)
// of the first m dims (m / D)^beta of the whole. z has `latents` normal numbers, the same in all
// blocks, so that who is near in a prefix tends to be near in the rest; W is fixed. `scale` is
// lognormal for each point (sigma 0.3), of mean square 1: some points are hard. The mean is fixed;
// it has `mean_share` of the energy of every block.
//
// 5 % of the base mix two classes, and so do all queries: 1 - w of their own class mean and w of
// another of the same superclass, w from Beta(1, 1.5). With w above 1/2 a query looks like the
// other class: that keeps mean average precision below P(w < 1/2) = 0.646 with any dims. 1 % of the
// base are near-duplicates: an earlier point with noise of a ten-thousandth of its energy.
//
// What was left to choose, and why:
//   - The other class is of the same superclass, as things that are confused mostly are. Between
//   two
//     far classes lie others, and few dims would find those.
//   - A mixed point of the base bears the label of the class that it has more of.
//   - The weights of queries are evenly spread (a golden-ratio sequence through the quantile
//     function of Beta), not independent draws: so the share of queries that look like another
//     class is the same with every seed.
//   - mean_share: 0.1 for `imagenet` and `text`: embeddings have a mean. `concentrated` has what
//     makes the squared norm of the mean of its unit vectors about 0.6.
//   - Every class mean has exactly its share of the energy of each block, as the common mean has:
//     no class draws queries only because it is short, and seeds differ less.
//   - lambda is 0.6: with more of it nothing averages out in many dims, and all dims of `imagenet`
//     find fewer rows of the query's class than its first 256.
//   - `text` has no superclasses, so its queries mix any two topics. `concentrated` has the classes
//     of `imagenet`, and shares that do not change with depth.
struct GenProfile {
  std::string name;
  double beta = 1;
  FallingShare class_share;       // rho
  FallingShare superclass_share;  // s
  uint32_t classes = 1;
  uint32_t superclasses = 1;  // class c is of superclass c modulo this
  uint32_t latents = 1;
  double latent_share = 0.6;  // lambda
  double mean_share = 0.1;
};

inline constexpr double kScaleSigma = 0.3;
inline constexpr double kMixedShare = 0.05;
inline constexpr double kMixBeta = 1.5;  // the weight is from Beta(1, this)
inline constexpr double kDuplicateShare = 0.01;
inline constexpr double kDuplicateNoise = 1e-4;  // of the energy

// `imagenet`, `text` and `concentrated`.
const std::vector<GenProfile>& GenProfiles();

// nullopt for another name.
std::optional<GenProfile> FindGenProfile(absl::string_view name);

// A block of dims that share their numbers.
struct GenBlock {
  uint32_t begin = 0;  // dims [begin, end)
  uint32_t end = 0;
  double variance = 0;  // expected square of one dim, the mean included; all dims sum to 1
  double class_share = 0;
  double superclass_share = 0;
};

std::vector<GenBlock> GenBlocks(const GenProfile& profile, uint32_t dims);

// All numbers of the model, for the document beside the data.
Json ProfileJson(const GenProfile& profile);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_GEN_PROFILE_H_
