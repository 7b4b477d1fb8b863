#ifndef NESTOR_BENCHMARKS_REPORT_BOOTSTRAP_H_
#define NESTOR_BENCHMARKS_REPORT_BOOTSTRAP_H_

#include <cstdint>

#include "absl/types/span.h"

namespace nestor::bench {

struct Interval {
  double low = 0;
  double high = 0;
};

// Fewer samples on either side say nothing about how much they vary.
inline constexpr size_t kMinBootstrapSamples = 5;

// Between which values 95 % of the relative changes lie, median(b) / median(a) − 1, when both
// sides are drawn again with replacement, 2,000 times from one seed (Efron, Bootstrap Methods:
// Another Look at the Jackknife, 1979). Neighbouring samples are drawn together, in circular
// blocks of `block`: seconds of one run resemble each other, and drawn one by one they would seem
// to say more than they do (Politis and Romano, A Circular Block-Resampling Procedure, 1992).
// REQUIRES: samples > 0 everywhere, at least kMinBootstrapSamples on both sides, block > 0.
Interval RelativeChange(absl::Span<const double> a, absl::Span<const double> b, size_t block,
                        uint32_t seed);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_REPORT_BOOTSTRAP_H_
