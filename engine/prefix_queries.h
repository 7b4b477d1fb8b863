#ifndef NESTOR_ENGINE_PREFIX_QUERIES_H_
#define NESTOR_ENGINE_PREFIX_QUERIES_H_

#include <cstddef>
#include <memory_resource>
#include <vector>

#include "engine/prefix_query.h"
#include "engine/view.h"

namespace nestor {

// A query as the codes of each segment of a view need it. Segments mostly share a coder; where the
// data has changed since the older ones were built, they do not.
class PrefixQueries {
 public:
  // Reads the whole vector. What it owns is in `memory`.
  PrefixQueries(const View& view, const float* vector, std::pmr::memory_resource* memory);
  PrefixQueries(const PrefixQueries&) = delete;  // it points into itself
  PrefixQueries& operator=(const PrefixQueries&) = delete;

  // REQUIRES: the view has that segment.
  const PrefixQuery& Of(size_t segment) const { return *of_segment_[segment]; }
  // True if some segment's prefix orders nothing.
  bool blind() const;
  // True if the scores of all segments can be compared: if their codes have one format.
  bool comparable() const;
  // The longest prefix.
  uint32_t dims() const;

 private:
  std::pmr::vector<PrefixQuery> queries_;  // one for each coder
  std::pmr::vector<const PrefixQuery*> of_segment_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_PREFIX_QUERIES_H_
