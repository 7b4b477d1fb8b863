#ifndef NESTOR_ENGINE_MERGE_POLICY_H_
#define NESTOR_ENGINE_MERGE_POLICY_H_

#include <cstddef>
#include <vector>

#include "absl/time/time.h"
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

// Which of them to merge where none is due, so that there are as few as can be: every search walks
// every segment, and a walk of a tenth of the rows takes most of the time that one of all takes.
// The smallest ones that fit one segment together; empty: a merge is due, or none leaves fewer. A
// pure function.
std::vector<size_t> ChooseSettling(absl::Span<const SegmentSize> segments);

// Building an index of everything anew costs the more, the larger it is: what a trickle of writes
// makes of it may take this share of the time.
inline constexpr double kMaxSettlingShare = 0.05;

// Whether there is time for that again, when the last one ended `since` ago and took so long.
bool MaySettleAgain(absl::Duration since, absl::Duration took);

}  // namespace nestor

#endif  // NESTOR_ENGINE_MERGE_POLICY_H_
