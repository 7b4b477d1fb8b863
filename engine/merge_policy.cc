#include "engine/merge_policy.h"

#include <algorithm>
#include <numeric>

#include "engine/segment.h"

namespace nestor {
namespace {

// An indexed segment joins a merge that brings at least a quarter of its own rows. Every search
// walks every segment, and each is more than five times as large as the next: there are at most
// log5(rows) of them. With a half there would be log3(rows), half as many again, for a tenth less
// indexing in all: a row is indexed up to 5 times while its segment becomes 5 times as large, or 3
// times for 3.
constexpr size_t kGrowthRatio = 4;
constexpr double kMaxDeadShare = 0.25;

bool MostlyDead(const SegmentSize& size) {
  return static_cast<double>(size.dead) >
         kMaxDeadShare * static_cast<double>(size.live + size.dead);
}

// Positions, the fewest live rows first.
std::vector<size_t> SmallestFirst(absl::Span<const SegmentSize> segments) {
  std::vector<size_t> by_size(segments.size());
  std::iota(by_size.begin(), by_size.end(), 0);
  std::stable_sort(by_size.begin(), by_size.end(),
                   [&](size_t a, size_t b) { return segments[a].live < segments[b].live; });
  return by_size;
}

}  // namespace

std::vector<size_t> ChooseMerge(absl::Span<const SegmentSize> segments) {
  std::vector<size_t> chosen;
  size_t rows = 0;
  const std::vector<size_t> by_size = SmallestFirst(segments);
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

std::vector<size_t> ChooseSettling(absl::Span<const SegmentSize> segments) {
  std::vector<size_t> chosen;
  if (!ChooseMerge(segments).empty()) return chosen;
  size_t rows = 0;
  for (size_t i : SmallestFirst(segments)) {
    if (rows + segments[i].live > kMaxSegmentRows) break;
    chosen.push_back(i);
    rows += segments[i].live;
  }
  if (chosen.size() < 2) chosen.clear();
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

bool MaySettleAgain(absl::Duration since, absl::Duration took) {
  return since >= took / kMaxSettlingShare;
}

}  // namespace nestor
