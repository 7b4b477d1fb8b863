#ifndef NESTOR_ENGINE_ADVISOR_H_
#define NESTOR_ENGINE_ADVISOR_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/collection_spec.h"
#include "engine/prefix_coder.h"
#include "engine/rerank_tier.h"

namespace nestor {

// What a prefix or a code of some vectors keeps of their neighbours: the share of the 10 nearest at
// full length that are among the 30 best by it, of a sample. From 0 to 1.
struct PrefixQuality {
  PrefixCodeFormat format;  // 32 bits: the prefix itself
  size_t bytes = 0;         // of a vector
  double kept = 0;
  double kept_by_chance = 0;  // by as many dims chosen by chance; of prefixes only
  // By as many coordinates in a learnt basis; of prefixes only.
  std::optional<double> kept_learnt = {};
};

struct Advice {
  size_t points = 0;
  size_t sample_points = 0;
  size_t sample_queries = 0;                 // of them, unless by_asked
  bool by_asked = false;                     // by queries that users have asked
  std::vector<PrefixQuality> prefixes = {};  // dims rise
  std::vector<PrefixQuality> codes = {};     // those that an index may have by itself, learnt last
  PrefixCodeFormat best = {};                // of these codes
  // Whether the first dims know more than others, as those of Matryoshka embeddings do.
  bool is_matryoshka = false;
  PrefixQuality judged = {};       // the prefix that this was seen by
  bool is_worth_learning = false;  // the best code is a learnt one, by WorthLearning
};

// Fewer vectors tell nothing.
inline constexpr size_t kLeastAdvised = 1024;

// How much of a search for some vectors their prefixes can do, and those of a learnt basis where
// there are vectors enough to learn one from; by queries that users have `asked` if those are
// enough. Takes seconds. Errors are those of LearnBasis.
// REQUIRES: at least kLeastAdvised vectors.
absl::StatusOr<Advice> Advise(const ResolvedSpec& spec, const KeptVectors& vectors,
                              absl::Span<const std::vector<float>> asked = {});

}  // namespace nestor

#endif  // NESTOR_ENGINE_ADVISOR_H_
