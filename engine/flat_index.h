#ifndef NESTOR_ENGINE_FLAT_INDEX_H_
#define NESTOR_ENGINE_FLAT_INDEX_H_

#include "engine/shortlist_index.h"

namespace nestor {

// The best `size` live rows of codes[first, first + count), added to *out unordered. `local(i)`
// maps a position in the codes to a local row. Returns how many of the count are live.
template <typename LocalRow>
size_t ScanCodes(const PrefixCodes& codes, const PrefixQuery& query, uint32_t first, size_t count,
                 size_t size, const RowBitmap& dead, LocalRow local, ShortlistScratch* scratch,
                 std::vector<ScoredRow>* out) {
  constexpr size_t kChunk = 1024;  // scores of one chunk stay in the L1 cache
  size_t live = 0;
  scratch->scores.resize(kChunk);
  for (size_t begin = 0; begin < count; begin += kChunk) {
    const size_t chunk = std::min(kChunk, count - begin);
    codes.ScoreRange(query, static_cast<uint32_t>(first + begin), chunk, scratch->scores.data());
    for (size_t i = 0; i < chunk; ++i) {
      const ScoredRow scored{local(static_cast<uint32_t>(first + begin + i)), scratch->scores[i]};
      if (dead.Test(scored.row)) continue;
      out->push_back(scored);
      ++live;
    }
    if (out->size() >= 2 * size + kChunk) KeepBest(size, BetterScore<ScoredRow>, out);
  }
  KeepBest(size, BetterScore<ScoredRow>, out);
  return live;
}

// Scores every row: exact on the prefix, and what a segment has until its graph or lists are built.
class FlatIndex : public ShortlistIndex {
 public:
  explicit FlatIndex(PrefixCodes codes);

  void Search(const PrefixQuery& query, const ShortlistEffort& effort, const RowBitmap& dead,
              ShortlistScratch* scratch, std::vector<ScoredRow>* out) const override;
  void AppendCodes(absl::Span<const uint32_t> rows, PrefixCodes* to) const override;
  void AddSections(SectionList* sections) const override;
  size_t MemoryBytes() const override;

 private:
  PrefixCodes codes_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_FLAT_INDEX_H_
