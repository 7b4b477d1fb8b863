#include "benchmarks/report/pareto.h"

#include <algorithm>

namespace nestor::bench {
namespace {

bool Dominates(const Tradeoff& a, const Tradeoff& b) {
  return a.valid && a.speed >= b.speed && a.recall >= b.recall &&
         (a.speed > b.speed || a.recall > b.recall);
}

}  // namespace

std::vector<bool> OnParetoFrontier(absl::Span<const Tradeoff> points) {
  std::vector<bool> on;
  for (const Tradeoff& point : points) {
    on.push_back(point.valid &&
                 std::none_of(points.begin(), points.end(),
                              [&](const Tradeoff& other) { return Dominates(other, point); }));
  }
  return on;
}

}  // namespace nestor::bench
