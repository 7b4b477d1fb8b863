#ifndef NESTOR_ENGINE_MERGE_POLICY_H_
#define NESTOR_ENGINE_MERGE_POLICY_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"

namespace nestor {

// What the merge policy knows of a segment.
struct SegmentSize {
  size_t live = 0;
  size_t dead = 0;
  bool indexed = false;
};

// Which segments to merge next, as positions in `segments`; empty: none. A pure function.
//
// Segments without their final index are always due, all together; they take along every indexed
// segment that is not much larger than what they bring, so that segments grow geometrically, each
// row is indexed a logarithmic number of times, and the number of segments stays logarithmic in the
// number of rows. A segment of which a quarter is dead is written anew. No merge exceeds
// kMaxSegmentRows live rows.
std::vector<size_t> ChooseMerge(absl::Span<const SegmentSize> segments);

}  // namespace nestor

#endif  // NESTOR_ENGINE_MERGE_POLICY_H_
