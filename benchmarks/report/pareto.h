#ifndef NESTOR_BENCHMARKS_REPORT_PARETO_H_
#define NESTOR_BENCHMARKS_REPORT_PARETO_H_

#include <vector>

#include "absl/types/span.h"

namespace nestor::bench {

// Two things that are both wanted, larger being better.
struct Tradeoff {
  double speed = 0;
  double recall = 0;
  bool valid = true;  // false: the two mean nothing
};

// For each point whether it is worth choosing: it is valid, and no other valid one is at least as
// good in both and better in one. Points that are alike are all on the frontier, or none is.
std::vector<bool> OnParetoFrontier(absl::Span<const Tradeoff> points);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_REPORT_PARETO_H_
