#ifndef NESTOR_ENGINE_RERANKER_H_
#define NESTOR_ENGINE_RERANKER_H_

#include <memory_resource>
#include <vector>

#include "absl/types/span.h"
#include "engine/candidate.h"
#include "engine/plan.h"
#include "engine/search_context.h"
#include "engine/shortlist.h"

namespace nestor {

struct Reranked {
  bool in_time = true;    // false: stages were skipped because time was over
  bool narrowed = false;  // candidates were left out before they were scored at full length
};

// Runs the funnel over the ranked candidates of a shortlist: each stage scores them over more dims
// and keeps fewer. The last stage is always at full length, takes the unranked ones too, and leaves
// score and error of each in *candidates. Stages are skipped once `budget_end` has passed (the last
// one never is, on as many candidates as it would have got), and where they leave nothing out.
Reranked Rerank(const SearchContext& context, absl::Span<const Stage> stages, absl::Time budget_end,
                Shortlist shortlist, std::pmr::vector<Candidate>* candidates);

}  // namespace nestor

#endif  // NESTOR_ENGINE_RERANKER_H_
