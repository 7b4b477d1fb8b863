#ifndef NESTOR_ENGINE_HNSW_INDEX_H_
#define NESTOR_ENGINE_HNSW_INDEX_H_

#include <memory>

#include "engine/hnsw_graph.h"
#include "engine/shortlist_index.h"

namespace nestor {

// Best-first walk of an HNSW graph by the codes of its rows. Dead rows are walked through but not
// returned; when the walk comes back with too few live rows (a graph with islands, or nearly all
// rows dead) or is cut off by dead ones, the codes are scanned instead, unless the search gives up.
class HnswIndex : public ShortlistIndex {
 public:
  // REQUIRES: the graph is of the same rows as the codes.
  HnswIndex(PrefixCodes codes, HnswGraph graph);
  // The graph of these codes from a file.
  static absl::StatusOr<std::unique_ptr<HnswIndex>> Read(PrefixCodes codes,
                                                         const SectionReader& reader);

  void Search(absl::Span<const IndexSearch> searches, const RowBitmap& dead,
              ShortlistScratch* scratch) const override;
  const std::shared_ptr<const PrefixCoder>& coder() const override { return codes_.shared_coder(); }
  void AppendCodes(absl::Span<const uint32_t> rows, PrefixCodes* to) const override;
  void AddSections(SectionList* sections) const override;
  size_t MemoryBytes() const override;

 private:
  void SearchOne(const IndexSearch& search, const RowBitmap& dead, ShortlistScratch* scratch) const;

  PrefixCodes codes_;
  HnswGraph graph_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_HNSW_INDEX_H_
