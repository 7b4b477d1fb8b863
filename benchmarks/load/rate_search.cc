#include "benchmarks/load/rate_search.h"

#include <algorithm>

namespace nestor::bench {

void RateSearch::Report(bool held) {
  (held ? held_ : failed_) = next_;
  next_ = Choose();
}

std::optional<double> RateSearch::Choose() const {
  if (!failed_.has_value()) {
    if (*held_ >= options_.highest) return std::nullopt;
    return std::min(2 * *held_, options_.highest);
  }
  if (!held_.has_value()) {
    if (*failed_ <= options_.lowest) return std::nullopt;
    return std::max(*failed_ / 2, options_.lowest);
  }
  if (*failed_ - *held_ <= options_.precision * *held_) return std::nullopt;
  return (*held_ + *failed_) / 2;
}

}  // namespace nestor::bench
