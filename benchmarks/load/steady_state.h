#ifndef NESTOR_BENCHMARKS_LOAD_STEADY_STATE_H_
#define NESTOR_BENCHMARKS_LOAD_STEADY_STATE_H_

#include <cstddef>

#include "absl/time/time.h"
#include "absl/types/span.h"

namespace nestor::bench {

// A warm-up ends when the medians of so many windows in a row lie within this share of the lowest
// of them, and after kMaxWarmup in any case.
inline constexpr size_t kSteadyWindows = 3;
inline constexpr double kSteadySpread = 0.10;
inline constexpr absl::Duration kSteadyWindow = absl::Seconds(1);
inline constexpr absl::Duration kMaxWarmup = absl::Seconds(60);

// `medians`: of the latencies of one window after the other, 0 for a window without answers.
bool IsSteady(absl::Span<const double> medians);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_STEADY_STATE_H_
