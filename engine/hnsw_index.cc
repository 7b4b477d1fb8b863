#include "engine/hnsw_index.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/flat_index.h"
#include "engine/graph_walk.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

// A sorted pool is for short lists: inserting into a long one, or walking most of the graph, costs
// more than scoring every row.
bool ScanIsCheaper(size_t ef, size_t rows) {
  constexpr size_t kMaxPool = 8192;
  constexpr size_t kShortPool = 1024;
  return ef > kMaxPool || (ef > kShortPool && ef * 16 > rows);
}

// More candidates when part of them will be dropped.
size_t EffForLive(size_t ef, size_t rows, size_t dead) {
  const size_t live = std::max<size_t>(1, rows - dead);
  return std::min(rows, ef * rows / live);
}

// With one start, a walk of few candidates now and then stays among rows that are all equally far
// away, and finds nothing. More of them than this made none better.
size_t Starts(size_t ef) { return std::clamp<size_t>(ef / 4, 4, 16); }

struct CodeScore {
  const PrefixCodes& codes;
  const PrefixQuery& query;
  void operator()(absl::Span<const uint32_t> rows, float* scores) const {
    codes.Score(query, rows, scores);
  }
};

}  // namespace

HnswIndex::HnswIndex(PrefixCodes codes, HnswGraph graph)
    : codes_(std::move(codes)), graph_(std::move(graph)) {}

void HnswIndex::Walk(absl::Span<const IndexSearch> searches, size_t dead,
                     ShortlistScratch* scratch) const {
  std::optional<GraphWalk<CodeScore>> walks[kWalksAtOnce];
  for (size_t i = 0; i < searches.size(); ++i) {
    const auto& [query, effort, found] = searches[i];
    found->clear();
    const size_t ef =
        EffForLive(std::max<size_t>({effort.ef, effort.size, 1}), codes_.size(), dead);
    if (ScanIsCheaper(ef, codes_.size())) continue;
    const CodeScore score{codes_, *query};
    FindStarts(graph_, 0, Starts(ef), score, &scratch->walks[i], found);
    walks[i].emplace(graph_, 0, ef, score, &scratch->walks[i], found);
    if (!walks[i]->Expand()) walks[i].reset();
  }
  for (bool over = false; !over;) {
    over = true;
    for (std::optional<GraphWalk<CodeScore>>& walk : walks) {
      if (!walk) continue;
      walk->Insert();
      if (!walk->Expand()) {
        walk.reset();
        continue;
      }
      if (searches.size() > 1) codes_.Prefetch(walk->fresh());
      over = false;
    }
  }
}

void HnswIndex::Search(absl::Span<const IndexSearch> searches, const RowBitmap& dead,
                       ShortlistScratch* scratch) const {
  for (size_t first = 0; first < searches.size(); first += kWalksAtOnce) {
    Walk(searches.subspan(first, kWalksAtOnce), dead.count(), scratch);
  }
  for (const auto& [query, effort, found] : searches) {
    if (dead.count() > 0) {
      found->erase(std::remove_if(found->begin(), found->end(),
                                  [&](const ScoredRow& scored) { return dead.Test(scored.row); }),
                   found->end());
    }
    if (found->size() < std::min(effort.size, codes_.size() - dead.count())) {
      CodeScan scan{query, ShortlistTop(effort.size, found)};
      CodeScan* const scans[] = {&scan};
      ScanCodes(
          codes_, 0, codes_.size(), dead, [](uint32_t row) { return row; }, scans);
      scan.top.Finish();
    }
    if (found->size() > effort.size) found->resize(effort.size);
  }
}

void HnswIndex::AppendCodes(absl::Span<const uint32_t> rows, PrefixCodes* to) const {
  for (uint32_t row : rows) to->AppendFrom(codes_, row);
}

void HnswIndex::AddSections(SectionList* sections) const {
  codes_.AddSections(sections);
  graph_.AddSections(sections);
}

absl::StatusOr<std::unique_ptr<HnswIndex>> HnswIndex::Read(PrefixCodes codes,
                                                           const SectionReader& reader) {
  NESTOR_ASSIGN_OR_RETURN(HnswGraph graph, HnswGraph::Read(codes.size(), reader));
  return std::make_unique<HnswIndex>(std::move(codes), std::move(graph));
}

size_t HnswIndex::MemoryBytes() const { return codes_.MemoryBytes() + graph_.MemoryBytes(); }

}  // namespace nestor
