#include "storage/distinct_keys.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace nestor {

DistinctKeys::DistinctKeys(std::vector<std::string> keys) : order_(keys.size()) {
  std::iota(order_.begin(), order_.end(), size_t{0});
  std::sort(order_.begin(), order_.end(),
            [&](size_t a, size_t b) { return std::tie(keys[a], a) < std::tie(keys[b], b); });
  keys_.reserve(keys.size());
  begins_.reserve(keys.size() + 1);
  for (size_t i = 0; i < order_.size(); ++i) {
    std::string& key = keys[order_[i]];
    if (!keys_.empty() && keys_.back() == key) continue;
    begins_.push_back(i);
    keys_.push_back(std::move(key));
  }
  begins_.push_back(order_.size());
}

}  // namespace nestor
