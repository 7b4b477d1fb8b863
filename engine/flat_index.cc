#include "engine/flat_index.h"

#include <algorithm>
#include <utility>

namespace nestor {

FlatIndex::FlatIndex(PrefixCodes codes) : codes_(std::move(codes)) { codes_.MoveToHugePages(); }

void FlatIndex::Search(absl::Span<const IndexSearch> searches, const RowBitmap& dead,
                       ShortlistScratch* scratch) const {
  std::pmr::vector<CodeScan> scans(scratch->memory);
  std::pmr::vector<CodeScan*> all(scratch->memory);
  scans.reserve(searches.size());
  all.reserve(searches.size());
  for (const IndexSearch& search : searches) {
    const size_t size = std::max<size_t>(1, search.effort.size);
    all.push_back(&scans.emplace_back(
        CodeScan{search.query, ShortlistTop(size, search.found, search.floor()), search.hidden}));
  }
  ScanCodes(
      codes_, 0, codes_.size(), dead, [](uint32_t position) { return position; }, all);
  for (CodeScan& scan : scans) scan.top.Finish();
  for (const IndexSearch& search : searches) {
    if (search.reads == nullptr) continue;
    search.reads->rows += codes_.size();
    search.reads->bytes += codes_.size() * codes_.row_bytes();
  }
}

void FlatIndex::AppendCodes(absl::Span<const uint32_t> rows, PrefixCodes* to) const {
  for (uint32_t row : rows) to->AppendFrom(codes_, row);
}

void FlatIndex::AddSections(SectionList* sections) const { codes_.AddSections(sections); }

size_t FlatIndex::MemoryBytes() const { return codes_.MemoryBytes(); }

}  // namespace nestor
