#include "engine/merge_policy.h"

#include <algorithm>
#include <numeric>

#include "engine/segment.h"

namespace nestor {
namespace {

// An indexed segment joins a merge that brings at least a quarter of its own rows. Every search
// walks every segment, of which there are log5(rows) at most; rows are indexed five times in each.
// With a half it would be log3, which is half as many again, and three times: hardly less in all.
constexpr size_t kGrowthRatio = 4;
constexpr double kMaxDeadShare = 0.25;

bool MostlyDead(const SegmentSize& size) {
  return static_cast<double>(size.dead) >
         kMaxDeadShare * static_cast<double>(size.live + size.dead);
}

}  // namespace

std::vector<size_t> ChooseMerge(absl::Span<const SegmentSize> segments) {
  std::vector<size_t> chosen;
  size_t rows = 0;
  std::vector<size_t> by_size(segments.size());
  std::iota(by_size.begin(), by_size.end(), 0);
  std::stable_sort(by_size.begin(), by_size.end(),
                   [&](size_t a, size_t b) { return segments[a].live < segments[b].live; });
  for (size_t i : by_size) {
    const bool due = !segments[i].indexed || MostlyDead(segments[i]);
    if (due && rows + segments[i].live <= kMaxSegmentRows) {
      chosen.push_back(i);
      rows += segments[i].live;
    }
  }
  if (chosen.empty()) return chosen;
  for (size_t i : by_size) {
    const size_t live = segments[i].live;
    if (std::find(chosen.begin(), chosen.end(), i) != chosen.end()) continue;
    if (live > kGrowthRatio * rows || rows + live > kMaxSegmentRows) break;
    chosen.push_back(i);
    rows += live;
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace nestor
