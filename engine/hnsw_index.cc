#include "engine/hnsw_index.h"

#include <algorithm>
#include <utility>

#include "engine/flat_index.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

// In the pool of the base walk the top bit of a row says that its neighbours were already looked
// at. Segments hold fewer rows than that.
constexpr uint32_t kExpanded = uint32_t{1} << 31;

void StartVisit(size_t nodes, ShortlistScratch* scratch) {
  if (scratch->visited.size() < nodes) scratch->visited.resize(nodes, 0);
  if (++scratch->visited_mark == 0) {
    std::fill(scratch->visited.begin(), scratch->visited.end(), 0);
    scratch->visited_mark = 1;
  }
}

bool Visit(uint32_t row, ShortlistScratch* scratch) {
  if (scratch->visited[row] == scratch->visited_mark) return false;
  scratch->visited[row] = scratch->visited_mark;
  return true;
}

bool BetterInPool(const ScoredRow& a, const ScoredRow& b) {
  return a.score != b.score ? a.score > b.score : (a.row & ~kExpanded) < (b.row & ~kExpanded);
}

// Inserts into a sorted pool of at most `limit`; returns where, or pool->size() if it is not good
// enough.
size_t InsertInPool(ScoredRow scored, size_t limit, std::vector<ScoredRow>* pool) {
  if (pool->size() == limit) {
    if (!BetterInPool(scored, pool->back())) return limit;
    pool->pop_back();
  }
  const auto position = std::upper_bound(pool->begin(), pool->end(), scored, BetterInPool);
  return pool->insert(position, scored) - pool->begin();
}

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

}  // namespace

HnswIndex::HnswIndex(PrefixCodes codes, HnswGraph graph)
    : codes_(std::move(codes)), graph_(std::move(graph)) {}

void HnswIndex::Search(const PrefixQuery& query, const ShortlistEffort& effort,
                       const RowBitmap& dead, ShortlistScratch* scratch,
                       std::vector<ScoredRow>* out) const {
  const size_t rows = codes_.size();
  const size_t ef = EffForLive(std::max<size_t>({effort.ef, effort.size, 1}), rows, dead.count());
  out->clear();
  if (!ScanIsCheaper(ef, rows)) {
    WalkBase(query, Descend(query, scratch), ef, scratch, out);
    for (ScoredRow& scored : *out) scored.row &= ~kExpanded;
    if (dead.count() > 0) {
      out->erase(std::remove_if(out->begin(), out->end(),
                                [&](const ScoredRow& s) { return dead.Test(s.row); }),
                 out->end());
    }
  }
  if (out->size() < std::min(effort.size, rows - dead.count())) {
    ShortlistTop top(effort.size, out);
    ScanCodes(
        codes_, query, 0, rows, dead, [](uint32_t row) { return row; }, scratch, &top);
    top.Finish();
  }
  if (out->size() > effort.size) out->resize(effort.size);
}

ScoredRow HnswIndex::Descend(const PrefixQuery& query, ShortlistScratch* scratch) const {
  ScoredRow best{graph_.entry_point, 0};
  codes_.Score(query, {&best.row, 1}, &best.score);
  scratch->scores.resize(std::max<size_t>(scratch->scores.size(), graph_.base_stride));
  for (int level = graph_.top_level; level > 0; --level) {
    for (bool moved = true; moved;) {
      moved = false;
      const absl::Span<const uint32_t> neighbours = graph_.Neighbours(best.row, level);
      codes_.Score(query, neighbours, scratch->scores.data());
      for (size_t i = 0; i < neighbours.size(); ++i) {
        const ScoredRow scored{neighbours[i], scratch->scores[i]};
        if (scored.score > best.score) {
          best = scored;
          moved = true;
        }
      }
    }
  }
  return best;
}

void HnswIndex::WalkBase(const PrefixQuery& query, ScoredRow start, size_t ef,
                         ShortlistScratch* scratch, std::vector<ScoredRow>* pool) const {
  StartVisit(graph_.nodes, scratch);
  scratch->rows.resize(graph_.base_stride);
  Visit(start.row, scratch);
  pool->reserve(ef);
  pool->push_back(start);
  for (size_t next = 0; next < pool->size();) {
    ScoredRow& current = (*pool)[next];
    if (current.row & kExpanded) {
      ++next;
      continue;
    }
    const uint32_t node = current.row;
    current.row |= kExpanded;
    size_t fresh = 0;
    for (uint32_t neighbour : graph_.Neighbours(node)) {
      if (Visit(neighbour, scratch)) scratch->rows[fresh++] = neighbour;
    }
    codes_.Score(query, {scratch->rows.data(), fresh}, scratch->scores.data());
    size_t first_insert = pool->size();
    for (size_t i = 0; i < fresh; ++i) {
      first_insert =
          std::min(first_insert, InsertInPool({scratch->rows[i], scratch->scores[i]}, ef, pool));
    }
    next = std::min(next + 1, first_insert);
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
