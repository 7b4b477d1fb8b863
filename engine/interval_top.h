#ifndef NESTOR_ENGINE_INTERVAL_TOP_H_
#define NESTOR_ENGINE_INTERVAL_TOP_H_

#include <cstddef>
#include <limits>
#include <memory_resource>
#include <vector>

#include "engine/candidate.h"

namespace nestor {

// Collects candidates whose exact scores are known up to an error and keeps all that may belong to
// the best `top`: those whose upper bound reaches the top-th largest lower bound.
class IntervalTop {
 public:
  // The candidates are in `memory`. REQUIRES: top >= 1.
  explicit IntervalTop(size_t top,
                       std::pmr::memory_resource* memory = std::pmr::get_default_resource())
      : top_(top), kept_(memory), lower_(memory) {}

  void Add(const Candidate& candidate) {
    if (candidate.score + candidate.error < floor_) return;
    kept_.push_back(candidate);
    if (kept_.size() >= prune_at_) Prune();
  }

  // The kept candidates, unordered.
  std::pmr::vector<Candidate> Take() &&;

 private:
  void Prune();

  size_t top_;
  size_t prune_at_ = 4 * top_ + 1024;
  float floor_ = -std::numeric_limits<float>::infinity();  // top-th largest lower bound so far
  std::pmr::vector<Candidate> kept_;
  std::pmr::vector<float> lower_;  // scratch of Prune
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_INTERVAL_TOP_H_
