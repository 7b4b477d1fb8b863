#ifndef NESTOR_ENGINE_SHORTLIST_H_
#define NESTOR_ENGINE_SHORTLIST_H_

#include <memory_resource>
#include <vector>

#include "absl/types/span.h"
#include "engine/candidate.h"
#include "engine/plan.h"
#include "engine/prefix_queries.h"
#include "engine/search_context.h"

namespace nestor {

// What a shortlist found.
struct Shortlist {
  explicit Shortlist(std::pmr::memory_resource* memory) : ranked(memory), unranked(memory) {}

  std::pmr::vector<Candidate> ranked;    // best prefix score first
  std::pmr::vector<Candidate> unranked;  // live rows with a zero prefix: only full length can judge
  bool cut_off = false;                  // of a segment: see IndexSearch
  IndexReads reads;                      // of all segments
};

// One of the searches of a view that make their shortlists together.
struct ShortlistSearch {
  const SearchContext* context;
  const PrefixQueries* prefix;
  ShortlistEffort effort;
  bool hide_excluded;    // from the indexes: see IndexSearch::hidden
  bool gives_up;         // where a segment is cut off, and then means nothing: see IndexSearch
  Shortlist* shortlist;  // empty before
};

// The best effort.size rows over all segments by prefix score, and the rows that no prefix finds;
// where the segments' scores cannot be compared, as many of each of them. Dead and excluded rows
// are left out.
void ShortlistSegments(absl::Span<const ShortlistSearch> searches);

// One of the searches of a view that scan it together.
struct ScanSearch {
  const SearchContext* context;
  std::pmr::vector<Candidate>* candidates;  // what is found is added
};

// The rows of all deltas that may be among the best `context->top` of them, with exact scores up to
// rounding.
void ScanDeltas(absl::Span<const ScanSearch> searches);

// The rows of all segments that may be among the best `context->top` of them: every row is scored
// at full length on the rerank tier, and those whose interval reaches the top-th lower bound are
// kept. Together with ScanDeltas and ReadExact this is the exact search.
void ScanSegments(absl::Span<const ScanSearch> searches);

}  // namespace nestor

#endif  // NESTOR_ENGINE_SHORTLIST_H_
