#include "engine/flat_index.h"

#include <algorithm>
#include <utility>

namespace nestor {

FlatIndex::FlatIndex(PrefixCodes codes) : codes_(std::move(codes)) {}

void FlatIndex::Search(const PrefixQuery& query, const ShortlistEffort& effort,
                       const RowBitmap& dead, ShortlistScratch* scratch,
                       std::vector<ScoredRow>* out) const {
  ShortlistTop top(std::max<size_t>(1, effort.size), out);
  ScanCodes(
      codes_, query, 0, codes_.size(), dead, [](uint32_t position) { return position; }, scratch,
      &top);
  top.Finish();
}

void FlatIndex::AppendCodes(absl::Span<const uint32_t> rows, PrefixCodes* to) const {
  for (uint32_t row : rows) to->AppendFrom(codes_, row);
}

void FlatIndex::AddSections(SectionList* sections) const { codes_.AddSections(sections); }

size_t FlatIndex::MemoryBytes() const { return codes_.MemoryBytes(); }

}  // namespace nestor
