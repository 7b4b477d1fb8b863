#ifndef NESTOR_ENGINE_FLAT_INDEX_H_
#define NESTOR_ENGINE_FLAT_INDEX_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/shortlist_index.h"
#include "engine/shortlist_top.h"

namespace nestor {

// Without a branch for each, so that the compiler compares several at once.
template <size_t kCount>
bool AnyAtLeast(const float* scores, float threshold) {
  int any = 0;
  for (size_t i = 0; i < kCount; ++i) any |= scores[i] >= threshold ? 1 : 0;
  return any != 0;
}

// One of the searches that scan some codes together.
struct CodeScan {
  const PrefixQuery* query;
  ShortlistTop top;
  std::optional<uint32_t> hidden;  // a row that is not added
};

// Adds the best live rows of codes[first, first + count) to the top of each scan. `local(i)` maps a
// position in the codes to a local row. Returns how many of the count are live. Codes that are not
// in the cache get there once for all scans.
template <typename LocalRow>
size_t ScanCodes(const PrefixCodes& codes, uint32_t first, size_t count, const RowBitmap& dead,
                 LocalRow local, absl::Span<CodeScan* const> scans) {
  constexpr size_t kChunk = 1024;  // scores of one chunk stay in the L1 cache, its codes in the L2
  constexpr size_t kGroup = 16;    // rows that are passed over at once when none is good enough
  float scores[kChunk];
  size_t live = 0;
  for (size_t begin = 0; begin < count; begin += kChunk) {
    const size_t chunk = std::min(kChunk, count - begin);
    for (CodeScan* const scan : scans) {
      codes.ScoreRange(*scan->query, static_cast<uint32_t>(first + begin), chunk, scores);
      size_t live_in_chunk = dead.count() == 0 ? chunk : 0;
      for (size_t group = 0; group < chunk; group += kGroup) {
        const size_t end = std::min(chunk, group + kGroup);
        if (dead.count() == 0 && end == group + kGroup &&
            !AnyAtLeast<kGroup>(scores + group, scan->top.threshold())) {
          continue;
        }
        for (size_t i = group; i < end; ++i) {
          const uint32_t row = local(static_cast<uint32_t>(first + begin + i));
          if (dead.count() > 0) {
            if (dead.Test(row)) continue;
            ++live_in_chunk;
          }
          if (scores[i] >= scan->top.threshold() && row != scan->hidden) {
            scan->top.Add({row, scores[i]});
          }
        }
      }
      if (scan == scans.front()) live += live_in_chunk;
    }
  }
  return live;
}

// Scores every row: exact on the prefix, and what a segment has until its graph or lists are built.
class FlatIndex : public ShortlistIndex {
 public:
  explicit FlatIndex(PrefixCodes codes);

  void Search(absl::Span<const IndexSearch> searches, const RowBitmap& dead,
              ShortlistScratch* scratch) const override;
  const std::shared_ptr<const PrefixCoder>& coder() const override { return codes_.shared_coder(); }
  void AppendCodes(absl::Span<const uint32_t> rows, PrefixCodes* to) const override;
  void AddSections(SectionList* sections) const override;
  size_t MemoryBytes() const override;

 private:
  PrefixCodes codes_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_FLAT_INDEX_H_
