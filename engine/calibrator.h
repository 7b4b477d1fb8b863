#ifndef NESTOR_ENGINE_CALIBRATOR_H_
#define NESTOR_ENGINE_CALIBRATOR_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/calibration.h"
#include "engine/collection_spec.h"
#include "engine/query_sample.h"
#include "engine/search_types.h"

namespace nestor {

// By so many queries plans are found; others, as many as there are of kCalibrationQueries, tell
// what to promise of them.
inline constexpr size_t kScheduleQueries = 128;
inline constexpr size_t kCalibrationQueries = kScheduleQueries + 1000;
// Fewer than these are not enough.
inline constexpr size_t kLeastQueries = kScheduleQueries + 500;

// There is a table for each of these numbers of hits.
inline constexpr uint32_t kCalibratedTops[] = {1, 10, 100};
// And for all but the first of them one for each of these shares of the points, as filters keep
// them. Of fewer points an index is of little use.
inline constexpr double kCalibratedShares[] = {0.5, 0.2, 0.05};

// Answers searches of one state of a collection, all of the same `share` of its points, chosen by
// chance (1: all of them).
using CalibrationSearch = absl::FunctionRef<void(double share, absl::Span<SearchTask> tasks)>;

// Takes the tables that there are so far, whenever there is one more.
using MeasuredTables = absl::FunctionRef<void(absl::Span<const CalibrationTable> tables)>;

// Measures plans by searching for `queries`, which are in random order: by some of them which plans
// are worth it, and by the others, which had no say in that, what to promise of those. The
// tables of a Calibration, for each of kCalibratedTops that is small beside `rows`, and beside each
// share of them. What a search returns, and what `stop` says.
absl::StatusOr<std::vector<CalibrationTable>> MeasurePlans(const ResolvedSpec& spec, size_t rows,
                                                           absl::Span<const SampledQuery> queries,
                                                           CalibrationSearch search, StopCheck stop,
                                                           MeasuredTables measured);

}  // namespace nestor

#endif  // NESTOR_ENGINE_CALIBRATOR_H_
