#include "engine/interval_top.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace nestor {

std::pmr::vector<Candidate> IntervalTop::Take() && {
  Prune();
  return std::move(kept_);
}

void IntervalTop::Prune() {
  if (kept_.size() > top_) {
    lower_.resize(kept_.size());
    std::transform(kept_.begin(), kept_.end(), lower_.begin(),
                   [](const Candidate& c) { return c.score - c.error; });
    std::nth_element(lower_.begin(), lower_.begin() + (top_ - 1), lower_.end(),
                     std::greater<float>());
    floor_ = std::max(floor_, lower_[top_ - 1]);
    kept_.erase(std::remove_if(kept_.begin(), kept_.end(),
                               [this](const Candidate& c) { return c.score + c.error < floor_; }),
                kept_.end());
  }
  // Doubling keeps the work linear when many intervals overlap.
  prune_at_ = std::max(prune_at_, 2 * kept_.size());
}

}  // namespace nestor
