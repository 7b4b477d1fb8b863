#ifndef NESTOR_ENGINE_GRAPH_WALK_H_
#define NESTOR_ENGINE_GRAPH_WALK_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "engine/candidate.h"
#include "engine/hnsw_graph.h"
#include "engine/shortlist_index.h"

// How a graph is walked, by who searches it and by who builds it. `score` is
//
//   void score(absl::Span<const uint32_t> rows, float* scores);   // larger is nearer
//
// and `floor` what is not worth looking at any more, asked once for each step:
//
//   float floor(const ScoredRows& pool);   // lower scores are not; it never falls

namespace nestor {

namespace graph_walk_internal {

// In the pool the top bit of a row says that its neighbours were already looked at. Segments hold
// fewer rows than that.
inline constexpr uint32_t kExpanded = uint32_t{1} << 31;

// How many nodes are expanded at once, so that what one of them waits for the others use.
inline constexpr size_t kBeam = 4;

// The rows that a walk has seen. A bit for each row, so that they stay in the second-level cache;
// and a list of them, by which the bits are cleared at the end.
class Visited {
 public:
  // Uses and leaves behind scratch->visited and scratch->rows.
  Visited(size_t nodes, ShortlistScratch* scratch) : bits_(scratch->visited), rows_(scratch->rows) {
    const size_t words = (nodes + 63) / 64;
    if (bits_.size() < words) bits_.resize(words);
  }
  ~Visited() {
    for (const uint32_t row : Since(0)) bits_[row / 64] = 0;
  }
  Visited(const Visited&) = delete;
  Visited& operator=(const Visited&) = delete;

  // Those that were not seen before. No branch: half of the neighbours were, and which ones the
  // processor cannot guess.
  void Add(absl::Span<const uint32_t> rows) {
    if (rows_.size() < size_ + rows.size()) rows_.resize(2 * (size_ + rows.size()));
    uint32_t* const list = rows_.data();
    uint64_t* const bits = bits_.data();
    size_t size = size_;
    for (const uint32_t row : rows) {
      uint64_t& word = bits[row / 64];
      list[size] = row;
      size += (~word >> (row % 64)) & 1;
      word |= uint64_t{1} << (row % 64);
    }
    size_ = size;
  }
  size_t size() const { return size_; }
  // Those that were added after the first `count`.
  absl::Span<const uint32_t> Since(size_t count) const {
    return absl::MakeConstSpan(rows_).subspan(count, size_ - count);
  }

 private:
  std::vector<uint64_t>& bits_;
  std::vector<uint32_t>& rows_;  // the first size_ of them
  size_t size_ = 0;
};

// Where a row goes in a sorted pool. The search has no branch either.
inline size_t PlaceInPool(const ScoredRow& scored, const ScoredRows& pool) {
  size_t place = 0;  // so many are better, or as good
  for (size_t left = pool.size(); left > 0;) {
    const size_t half = (left + 1) / 2;
    place += pool[place + half - 1].score >= scored.score ? half : 0;
    left -= half;
  }
  // Ties go to the lower row.
  while (place > 0 && pool[place - 1].score == scored.score &&
         (pool[place - 1].row & ~kExpanded) > scored.row) {
    --place;
  }
  return place;
}

// Inserts into a sorted pool of at most `limit`; returns where, or `limit` if it is not good
// enough.
inline size_t InsertInPool(const ScoredRow& scored, size_t limit, ScoredRows* pool) {
  const bool is_full = pool->size() == limit;
  if (is_full && scored.score < pool->back().score) return limit;
  const size_t place = PlaceInPool(scored, *pool);
  if (place == limit) return limit;
  if (is_full) pool->pop_back();
  pool->insert(pool->begin() + static_cast<ptrdiff_t>(place), scored);
  return place;
}

}  // namespace graph_walk_internal

// That everything is worth looking at.
struct NoFloor {
  float operator()(const ScoredRows& /*pool*/) const { return ScoreFloor::kNone; }
};

// The top-th best score of the rows of a sorted pool that `counts` says yes to.
template <typename Counts>
float BestScore(const ScoredRows& pool, size_t top, Counts counts) {
  for (const ScoredRow& scored : pool) {
    if (!counts(scored.row & ~graph_walk_internal::kExpanded)) continue;
    if (--top == 0) return scored.score;
  }
  return ScoreFloor::kNone;
}

// Best-first walk of one level that expands a few nodes at a time, and scores all their neighbours
// at once. *pool has the nodes to start from, best first, and gets the best `ef` of those that were
// met and are worth it, best first. `hidden` is walked around.
template <typename Score, typename Floor>
void WalkGraph(const HnswGraph& graph, int level, size_t ef, Score score, Floor floor,
               ShortlistScratch* scratch, ScoredRows* pool, std::optional<uint32_t> hidden = {}) {
  using graph_walk_internal::kBeam;
  using graph_walk_internal::kExpanded;
  graph_walk_internal::Visited visited(graph.nodes, scratch);
  scratch->scores.resize(std::max<size_t>(scratch->scores.size(), kBeam * graph.base_stride));
  if (pool->size() > ef) pool->resize(ef);
  pool->reserve(ef);
  if (hidden) {
    visited.Add(absl::MakeConstSpan(&*hidden, 1));
    std::erase_if(*pool, [&](const ScoredRow& start) { return start.row == *hidden; });
  }
  for (const ScoredRow& start : *pool) visited.Add(absl::MakeConstSpan(&start.row, 1));
  for (size_t next = 0; next < pool->size();) {
    const size_t seen = visited.size();
    const size_t first = next;
    uint32_t beam[kBeam];
    size_t expanded = 0;
    const float lowest = floor(*pool);
    for (; next < pool->size() && expanded < kBeam; ++next) {
      uint32_t& row = (*pool)[next].row;
      if (row & kExpanded) continue;
      if ((*pool)[next].score < lowest) break;
      beam[expanded++] = row;
      row |= kExpanded;
    }
    if (expanded == 0) break;
    scratch->lists += expanded;
    if (level > 0) {
      for (size_t i = 0; i < expanded; ++i) graph.Prefetch(level, beam[i]);
    }
    for (size_t i = 0; i < expanded; ++i) visited.Add(graph.NeighboursOn(level, beam[i]));
    // Most likely the next ones, unless better ones are found now.
    for (size_t i = next, soon = 0; i < pool->size() && soon < kBeam; ++i) {
      if ((*pool)[i].row & kExpanded) continue;
      graph.PrefetchEarly(level, (*pool)[i].row);
      ++soon;
    }
    const absl::Span<const uint32_t> fresh = visited.Since(seen);
    score(fresh, scratch->scores.data());
    for (size_t i = 0; i < fresh.size(); ++i) {
      if (scratch->scores[i] < lowest) continue;
      const size_t place =
          graph_walk_internal::InsertInPool({fresh[i], scratch->scores[i]}, ef, pool);
      if (place < first + 2 * kBeam) graph.PrefetchEarly(level, fresh[i]);
      next = std::min(next, place);
    }
  }
  for (ScoredRow& scored : *pool) scored.row &= ~kExpanded;
}

// From the entry point to a node near the query on `level`, by the best neighbour of each level
// above it. REQUIRES: level <= graph.top_level.
template <typename Score>
ScoredRow DescendGraph(const HnswGraph& graph, int level, Score score, ShortlistScratch* scratch,
                       std::optional<uint32_t> hidden = {}) {
  ScoredRow best{graph.entry_point, 0};
  score(absl::MakeConstSpan(&best.row, 1), &best.score);
  scratch->scores.resize(std::max<size_t>(scratch->scores.size(), graph.base_stride));
  for (int above = graph.top_level; above > level; --above) {
    for (bool moved = true; moved;) {
      moved = false;
      const absl::Span<const uint32_t> neighbours = graph.NeighboursOn(above, best.row);
      ++scratch->lists;
      score(neighbours, scratch->scores.data());
      for (size_t i = 0; i < neighbours.size(); ++i) {
        const ScoredRow scored{neighbours[i], scratch->scores[i]};
        if (scored.score > best.score && scored.row != hidden) {
          best = scored;
          moved = true;
        }
      }
    }
  }
  return best;
}

// Replaces *pool by up to `count` nodes near the query for a walk of `level` to start from: those
// that a walk of the level above it ends with.
template <typename Score>
void FindStarts(const HnswGraph& graph, int level, size_t count, Score score,
                ShortlistScratch* scratch, ScoredRows* pool, std::optional<uint32_t> hidden = {}) {
  const int above = std::min(level + 1, graph.top_level);
  pool->assign(1, DescendGraph(graph, above, score, scratch, hidden));
  if (above > level) WalkGraph(graph, above, count, score, NoFloor{}, scratch, pool, hidden);
}

}  // namespace nestor

#endif  // NESTOR_ENGINE_GRAPH_WALK_H_
