#ifndef NESTOR_ENGINE_EXACT_STAGE_H_
#define NESTOR_ENGINE_EXACT_STAGE_H_

#include <cstddef>
#include <memory_resource>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/candidate.h"
#include "engine/search_context.h"

namespace nestor {

// A hit and the row it was read from.
struct RankedHit {
  Hit hit;  // id, score, distance, version
  Row row = kNoRow;
  float estimate = 0;  // the score that its candidate came with
};
using RankedHits = std::pmr::vector<RankedHit>;
struct FinalHits {
  RankedHits ranked;
  bool certified = false;  // no candidate that is not among them may be, by its error
};

// Reads the vectors of the candidates that may be among the best `context.top`, from the records of
// their segments and otherwise from the store, and
// scores them in double, as brute force would: best first, equal scores by id, at most
// `context.top` of them. Candidates come with full-dimension scores and errors. At most `max_rows`
// rows are read, those with the best scores, and those that the tier could not read; if that is
// every row whose interval reaches the top-th, the order of the hits is exact among the candidates.
absl::StatusOr<FinalHits> ReadExact(const SearchContext& context, size_t max_rows,
                                    absl::Span<const Candidate> candidates);

// The same hits with the scores that their candidates came with, and in the order of these. Vectors
// are read of those candidates only whose errors leave open whether they are among the hits.
// (Candidates that the tier could not read get their exact scores.)
absl::StatusOr<FinalHits> ReadEstimated(const SearchContext& context, size_t max_rows,
                                        absl::Span<const Candidate> candidates);

}  // namespace nestor

#endif  // NESTOR_ENGINE_EXACT_STAGE_H_
