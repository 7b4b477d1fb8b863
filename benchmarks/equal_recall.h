#ifndef NESTOR_BENCHMARKS_EQUAL_RECALL_H_
#define NESTOR_BENCHMARKS_EQUAL_RECALL_H_

#include <vector>

namespace nestor::bench {

// What one setting of a knob costs and gives.
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

// Linear interpolation between neighbouring settings. Settings that cost more than another one
// without giving more recall are passed over.
TimeAtRecall InterpolateTime(std::vector<SweepPoint> sweep, double recall);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_EQUAL_RECALL_H_
