#ifndef NESTOR_ENGINE_PLANNER_H_
#define NESTOR_ENGINE_PLANNER_H_

#include <cstddef>

#include "engine/calibration.h"
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

// `calibration` is of the codes that are searched; null: there is none, or a filter makes searches
// unlike those that were measured. REQUIRES: the request is valid; top >= 1.
Plan MakePlan(const PlanRequest& request, const ResolvedSpec& spec, size_t top,
              const RowCounts& rows, const Calibration* calibration = nullptr);

}  // namespace nestor

#endif  // NESTOR_ENGINE_PLANNER_H_
