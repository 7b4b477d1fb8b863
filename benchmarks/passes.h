#ifndef NESTOR_BENCHMARKS_PASSES_H_
#define NESTOR_BENCHMARKS_PASSES_H_

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace nestor::bench {

// One way to do the whole of some work.
using Pass = std::function<absl::Status()>;

// What a pass took.
struct PassTime {
  double seconds = 0;
  double cpu_seconds = 0;            // of this thread
  std::vector<double> pass_seconds;  // of each pass, in their order
};

// Runs every pass on this thread: once to warm up, then `repeat` times for the clock, round robin
// over all of them, so that a disturbance of the machine hits all and not one. Answers with
// the medians; the first error of a pass ends it. REQUIRES: repeat > 0.
absl::StatusOr<std::vector<PassTime>> TimePasses(absl::Span<const Pass> passes, int repeat);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_PASSES_H_
