#ifndef NESTOR_ENGINE_PLANNER_H_
#define NESTOR_ENGINE_PLANNER_H_

#include <cstddef>

#include "engine/collection_spec.h"
#include "engine/plan.h"
#include "engine/violations.h"

// From what a request asks to what a search does. Pure functions: no clock, no lock, no state.

namespace nestor {

// Adds a violation for each number of `request` that is out of range, named as in
// nestor.v1.SearchPlan. `top` is limit + offset of the search, itself valid.
void ValidatePlanRequest(const PlanRequest& request, const CollectionSpec& spec, size_t top,
                         Violations* violations);

// The rows that segments hold.
struct RowCounts {
  size_t live = 0;
  size_t matching = 0;  // live and not left out by a filter
};

// REQUIRES: the request is valid; top >= 1.
Plan MakePlan(const PlanRequest& request, const ResolvedSpec& spec, size_t top,
              const RowCounts& rows);

}  // namespace nestor

#endif  // NESTOR_ENGINE_PLANNER_H_
