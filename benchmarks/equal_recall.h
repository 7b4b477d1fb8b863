#ifndef NESTOR_BENCHMARKS_EQUAL_RECALL_H_
#define NESTOR_BENCHMARKS_EQUAL_RECALL_H_

#include <vector>

#include "absl/strings/string_view.h"

namespace nestor::bench {

// What one setting of a knob costs and gives: recall, or any other quality that grows with time.
struct SweepPoint {
  double recall = 0;
  double micros = 0;
};

// The time that a method needs for a recall.
struct TimeAtRecall {
  enum class Kind {
    kInterpolated,  // between two settings, or exactly at one
    kAtMost,        // even the cheapest setting has more recall: `micros` is its time
    kNotReached,    // no setting has that much; `micros` is 0
  };
  Kind kind = Kind::kNotReached;
  double micros = 0;
};

// "interpolated", "at_most", "not_reached": as JSON documents have it.
absl::string_view KindName(TimeAtRecall::Kind kind);

// Linear interpolation between neighbouring settings. Settings that cost more than another one
// without giving more recall are passed over.
TimeAtRecall InterpolateTime(std::vector<SweepPoint> sweep, double recall);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_EQUAL_RECALL_H_
