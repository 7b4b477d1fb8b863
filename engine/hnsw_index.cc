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

// The rows that a search has seen. A bit for each row, so that they stay in the second-level cache;
// and a list of them, by which the bits are cleared at the end.
class Visited {
 public:
  // Uses and leaves behind scratch->visited and scratch->rows.
  Visited(size_t nodes, ShortlistScratch* scratch) : bits_(scratch->visited), rows_(scratch->rows) {
    const size_t words = (nodes + 63) / 64;
    if (bits_.size() < words) bits_.resize(words);
    rows_.clear();
  }
  ~Visited() {
    for (const uint32_t row : rows_) bits_[row / 64] = 0;
  }
  Visited(const Visited&) = delete;
  Visited& operator=(const Visited&) = delete;

  // True the first time.
  bool Add(uint32_t row) {
    uint64_t& word = bits_[row / 64];
    const uint64_t bit = uint64_t{1} << (row % 64);
    if ((word & bit) != 0) return false;
    word |= bit;
    rows_.push_back(row);
    return true;
  }
  size_t size() const { return rows_.size(); }
  // Those that were added after the first `count`.
  absl::Span<const uint32_t> Since(size_t count) const {
    return absl::MakeConstSpan(rows_).subspan(count);
  }

 private:
  std::vector<uint64_t>& bits_;
  std::vector<uint32_t>& rows_;
};

// How many nodes are expanded at once, so that what one of them waits for the others use.
constexpr size_t kBeam = 4;

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
  Visited visited(graph_.nodes, scratch);
  scratch->scores.resize(std::max<size_t>(scratch->scores.size(), kBeam * graph_.base_stride));
  visited.Add(start.row);
  pool->reserve(ef);
  pool->push_back(start);
  for (size_t next = 0; next < pool->size();) {
    const size_t seen = visited.size();
    const size_t first = next;
    size_t expanded = 0;
    for (; next < pool->size() && expanded < kBeam; ++next) {
      uint32_t& row = (*pool)[next].row;
      if (row & kExpanded) continue;
      for (const uint32_t neighbour : graph_.Neighbours(row)) visited.Add(neighbour);
      row |= kExpanded;
      ++expanded;
    }
    // Most likely the next ones, unless better ones are found now.
    for (size_t i = next, soon = 0; i < pool->size() && soon < kBeam; ++i) {
      if ((*pool)[i].row & kExpanded) continue;
      graph_.Prefetch((*pool)[i].row);
      ++soon;
    }
    const absl::Span<const uint32_t> fresh = visited.Since(seen);
    codes_.Score(query, fresh, scratch->scores.data());
    for (size_t i = 0; i < fresh.size(); ++i) {
      const size_t place = InsertInPool({fresh[i], scratch->scores[i]}, ef, pool);
      if (place <= first + kBeam) graph_.Prefetch(fresh[i]);
      next = std::min(next, place);
    }
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
