#ifndef NESTOR_STORAGE_DISTINCT_KEYS_H_
#define NESTOR_STORAGE_DISTINCT_KEYS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/types/span.h"

namespace nestor {

// Keys as a caller gave them, sorted and without repeats, and for each the positions at which the
// caller gave it.
//
//   DistinctKeys keys({"b", "a", "b"});   // keys(): a b;  positions(0): 1;  positions(1): 0 2
//
// Thread safety: immutable.
class DistinctKeys {
 public:
  explicit DistinctKeys(std::vector<std::string> keys);

  absl::Span<const std::string> keys() const { return keys_; }
  // Ascending.
  absl::Span<const size_t> positions(size_t index) const {
    return absl::MakeConstSpan(order_).subspan(begins_[index], begins_[index + 1] - begins_[index]);
  }

 private:
  std::vector<std::string> keys_;
  std::vector<size_t> order_;   // positions, sorted by key and then by position
  std::vector<size_t> begins_;  // where the positions of each key begin in order_, and the end
};

}  // namespace nestor

#endif  // NESTOR_STORAGE_DISTINCT_KEYS_H_
