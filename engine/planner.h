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

// REQUIRES: the request is valid; top >= 1. `rows` are the rows that segments hold.
Plan MakePlan(const PlanRequest& request, const ResolvedSpec& spec, size_t top, size_t rows);

}  // namespace nestor

#endif  // NESTOR_ENGINE_PLANNER_H_
