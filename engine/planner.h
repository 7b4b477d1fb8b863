#ifndef NESTOR_ENGINE_PLANNER_H_
#define NESTOR_ENGINE_PLANNER_H_

#include <cstddef>

#include "absl/time/time.h"
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

// The time that a search may take: what is left now, and what it was when the request came.
struct TimeLeft {
  absl::Duration now = absl::InfiniteDuration();
  absl::Duration on_arrival = absl::InfiniteDuration();
};

// `calibration` is of the codes that are searched; null: there is none. An adaptive plan by it is
// the cheapest one that promises what is asked for, or the best one that fits into the time.
// REQUIRES: the request is valid; top >= 1.
Plan MakePlan(const PlanRequest& request, const ResolvedSpec& spec, size_t top,
              const RowCounts& rows, const Calibration* calibration = nullptr,
              const TimeLeft& time_left = {});

}  // namespace nestor

#endif  // NESTOR_ENGINE_PLANNER_H_
