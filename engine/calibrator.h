#ifndef NESTOR_ENGINE_CALIBRATOR_H_
#define NESTOR_ENGINE_CALIBRATOR_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/calibration.h"
#include "engine/collection_spec.h"
#include "engine/search_types.h"
#include "storage/types.h"

namespace nestor {

// Whose neighbours are searched for: a vector, or a point of the collection, which is itself no
// hit then.
struct CalibrationQuery {
  std::vector<float> vector = {};
  std::optional<PointId> like = {};
  double norm = 0;
};

// By so many queries plans are found; others, as many as there are of kCalibrationQueries, tell
// what to promise of them.
inline constexpr size_t kScheduleQueries = 128;
inline constexpr size_t kCalibrationQueries = kScheduleQueries + 1000;
// Fewer than these are not enough.
inline constexpr size_t kLeastQueries = kScheduleQueries + 500;

// There is a table for each of these numbers of hits.
inline constexpr uint32_t kCalibratedTops[] = {1, 10, 100};

// Answers searches of one state of a collection.
using CalibrationSearch = absl::FunctionRef<void(absl::Span<SearchTask> tasks)>;

// Measures plans by searching for `queries`, which are in random order: by some of them which plans
// are worth it, and by the others, which had no say in that, what to promise of those. A table for
// each of kCalibratedTops that is small beside `rows`. What a search returns, and what `stop` says.
absl::StatusOr<std::vector<CalibrationTable>> MeasurePlans(
    const ResolvedSpec& spec, size_t rows, absl::Span<const CalibrationQuery> queries,
    CalibrationSearch search, StopCheck stop);

}  // namespace nestor

#endif  // NESTOR_ENGINE_CALIBRATOR_H_
