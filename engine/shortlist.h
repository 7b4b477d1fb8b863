#ifndef NESTOR_ENGINE_SHORTLIST_H_
#define NESTOR_ENGINE_SHORTLIST_H_

#include <vector>

#include "absl/status/statusor.h"
#include "engine/candidate.h"
#include "engine/plan.h"
#include "engine/prefix_queries.h"
#include "engine/search_context.h"

namespace nestor {

// What a shortlist found.
struct Shortlist {
  std::vector<Candidate> ranked;    // best prefix score first
  std::vector<Candidate> unranked;  // live rows with a zero prefix: only full length can judge them
};

// The best effort.size rows over all segments by prefix score, and the rows that no prefix finds;
// where the segments' scores cannot be compared, as many of each of them. Dead and excluded rows
// are left out.
absl::StatusOr<Shortlist> ShortlistSegments(const SearchContext& context,
                                            const PrefixQueries& queries,
                                            const ShortlistEffort& effort);

// The rows of all deltas that may be among the best `context.top` of them, with exact scores up to
// rounding.
absl::StatusOr<std::vector<Candidate>> ScanDeltas(const SearchContext& context);

// The rows of all segments that may be among the best `context.top` of them: every row is scored at
// full length on the rerank tier, and those whose interval reaches the top-th lower bound are kept.
// Together with ScanDeltas and ReadExact this is the exact search.
absl::StatusOr<std::vector<Candidate>> ScanSegments(const SearchContext& context);

}  // namespace nestor

#endif  // NESTOR_ENGINE_SHORTLIST_H_
