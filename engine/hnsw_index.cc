#include "engine/hnsw_index.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/flat_index.h"
#include "engine/graph_walk.h"
#include "engine/huge_pages.h"
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

// More candidates when part of them will be dropped: so many that hardly ever (three standard
// deviations) fewer than `ef` are left, if it is by chance which ones.
size_t EffForLive(size_t ef, size_t rows, size_t dead) {
  if (dead == 0) return std::min(rows, ef);
  const double live =
      static_cast<double>(std::max<size_t>(1, rows - dead)) / static_cast<double>(rows);
  const auto left = static_cast<double>(ef);
  const double wanted = left + 3 * std::sqrt(left * (1 - live));
  return static_cast<size_t>(std::min(static_cast<double>(rows), std::ceil(wanted / live)));
}

// A walk looks at so many of the best rows that it has met, in reach or not: where better ones are
// known elsewhere nothing is in reach at its start, and it would not come near the query.
constexpr size_t kLeastWalk = 16;

// With one start, a walk of few candidates now and then stays among rows that are all equally far
// away, and finds nothing. More of them than this made none better.
size_t Starts(size_t ef) { return std::clamp<size_t>(ef / 4, 4, 16); }

}  // namespace

HnswIndex::HnswIndex(PrefixCodes codes, HnswGraph graph)
    : codes_(std::move(codes)), graph_(std::move(graph)) {
  codes_.MoveToHugePages();
  MoveToHugePages(graph_.base);
}

// Walks share nothing.
void HnswIndex::Search(absl::Span<const IndexSearch> searches, const RowBitmap& dead,
                       ShortlistScratch* scratch) const {
  for (const IndexSearch& search : searches) SearchOne(search, dead, scratch);
}

void HnswIndex::SearchOne(const IndexSearch& search, const RowBitmap& dead,
                          ShortlistScratch* scratch) const {
  const PrefixQuery* const query = search.query;
  const ShortlistEffort& effort = search.effort;
  ScoredRows* const found = search.found;
  const ScoreFloor floor = search.floor();
  const size_t rows = codes_.size();
  const size_t ef = EffForLive(std::max<size_t>({effort.ef, effort.size, 1}), rows, dead.count());
  found->clear();
  IndexReads reads;
  bool is_cut_off = false;
  if (!ScanIsCheaper(ef, rows)) {
    const auto score = [&](absl::Span<const uint32_t> nodes, float* scores) {
      codes_.Score(*query, nodes, scores);
      reads.rows += nodes.size();
    };
    const auto lowest = [&](const ScoredRows& pool) {
      if (floor.top() == 0) return ScoreFloor::kNone;
      const size_t looked_at = std::max(floor.top(), kLeastWalk);
      if (pool.size() < looked_at) return ScoreFloor::kNone;
      const float least = pool[looked_at - 1].score;
      if (dead.count() == 0) return std::min(least, floor.BelowSorted(pool));
      return std::min(least, floor.Below(BestScore(pool, floor.top(),
                                                   [&](uint32_t row) { return !dead.Test(row); })));
    };
    scratch->lists = 0;
    FindStarts(graph_, 0, Starts(ef), score, scratch, found, search.hidden);
    WalkGraph(graph_, 0, ef, score, lowest, scratch, found, search.hidden);
    reads.bytes += scratch->lists * graph_.base_stride * sizeof(uint32_t);
    const auto met = static_cast<double>(found->size());
    if (dead.count() > 0) {
      found->erase(std::remove_if(found->begin(), found->end(),
                                  [&](const ScoredRow& scored) { return dead.Test(scored.row); }),
                   found->end());
      // The best live ones lie beyond what was walked.
      const double live_share =
          static_cast<double>(rows - dead.count()) / static_cast<double>(rows);
      is_cut_off = IsCutOff(found->size(), met * live_share);
    }
  }
  if (is_cut_off && search.cut_off != nullptr) *search.cut_off = true;
  const auto add_reads = [&] {
    if (search.reads == nullptr) return;
    search.reads->rows += reads.rows;
    search.reads->bytes += reads.bytes + reads.rows * codes_.row_bytes();
  };
  if (is_cut_off && search.gives_up) {
    found->clear();
    add_reads();
    return;
  }
  const size_t least = floor.top() == 0 ? effort.size : std::min(floor.top(), effort.size);
  const bool are_too_few = found->size() < std::min(least, rows - dead.count()) &&
                           floor.Below(ScoreFloor::kNone) == ScoreFloor::kNone;
  if (are_too_few || is_cut_off) {
    CodeScan scan{query, ShortlistTop(effort.size, found, floor), search.hidden};
    CodeScan* const scans[] = {&scan};
    ScanCodes(
        codes_, 0, rows, dead, [](uint32_t row) { return row; }, scans);
    scan.top.Finish();
    reads.rows += rows;
  }
  add_reads();
  if (found->size() > effort.size) found->resize(effort.size);
  floor.Trim(found);
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
