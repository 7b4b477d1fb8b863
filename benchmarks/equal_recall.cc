#include "benchmarks/equal_recall.h"

#include <algorithm>
#include <cstddef>

namespace nestor::bench {
namespace {

// Ascending in time and in recall.
std::vector<SweepPoint> WorthwhileSettings(std::vector<SweepPoint> sweep) {
  std::sort(sweep.begin(), sweep.end(), [](const SweepPoint& a, const SweepPoint& b) {
    return a.micros != b.micros ? a.micros < b.micros : a.recall > b.recall;
  });
  std::vector<SweepPoint> settings;
  for (const SweepPoint& point : sweep) {
    if (settings.empty() || point.recall > settings.back().recall) settings.push_back(point);
  }
  return settings;
}

}  // namespace

absl::string_view KindName(TimeAtRecall::Kind kind) {
  switch (kind) {
    case TimeAtRecall::Kind::kInterpolated:
      return "interpolated";
    case TimeAtRecall::Kind::kAtMost:
      return "at_most";
    case TimeAtRecall::Kind::kNotReached:
      return "not_reached";
  }
  return "";
}

TimeAtRecall InterpolateTime(std::vector<SweepPoint> sweep, double recall) {
  using Kind = TimeAtRecall::Kind;
  const std::vector<SweepPoint> settings = WorthwhileSettings(std::move(sweep));
  const auto above = std::find_if(settings.begin(), settings.end(),
                                  [&](const SweepPoint& point) { return point.recall >= recall; });
  if (above == settings.end()) return {Kind::kNotReached, 0};
  if (above->recall == recall) return {Kind::kInterpolated, above->micros};
  if (above == settings.begin()) return {Kind::kAtMost, above->micros};
  const SweepPoint& below = *(above - 1);
  const double share = (recall - below.recall) / (above->recall - below.recall);
  return {Kind::kInterpolated, below.micros + share * (above->micros - below.micros)};
}

}  // namespace nestor::bench
