#ifndef NESTOR_ENGINE_GRAPH_WALK_H_
#define NESTOR_ENGINE_GRAPH_WALK_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "engine/candidate.h"
#include "engine/hnsw_graph.h"
#include "engine/shortlist_index.h"

// How a graph is walked, by who searches it and by who builds it. `score` is
//
//   void score(absl::Span<const uint32_t> rows, float* scores);   // larger is nearer

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
  Visited(size_t nodes, WalkScratch* scratch) : bits_(scratch->visited), rows_(scratch->rows) {
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

inline bool BetterInPool(const ScoredRow& a, const ScoredRow& b) {
  return a.score != b.score ? a.score > b.score : (a.row & ~kExpanded) < (b.row & ~kExpanded);
}

// Inserts into a sorted pool of at most `limit`; returns where, or `limit` if it is not good
// enough.
inline size_t InsertInPool(ScoredRow scored, size_t limit, ScoredRows* pool) {
  if (pool->size() == limit) {
    if (!BetterInPool(scored, pool->back())) return limit;
    pool->pop_back();
  }
  const auto position = std::upper_bound(pool->begin(), pool->end(), scored, BetterInPool);
  return static_cast<size_t>(pool->insert(position, scored) - pool->begin());
}

}  // namespace graph_walk_internal

// Best-first walk of one level that expands a few nodes at a time, and scores all their neighbours
// at once: Expand and Insert by turns, until Expand says that it is over. While the neighbours of
// one walk are on their way into the cache, another can go on.
template <typename Score>
class GraphWalk {
 public:
  // *pool has the nodes to start from, best first, and gets the best `ef` of those that were met,
  // best first, once the walk is over.
  GraphWalk(const HnswGraph& graph, int level, size_t ef, Score score, WalkScratch* scratch,
            ScoredRows* pool)
      : graph_(graph),
        level_(level),
        ef_(ef),
        score_(std::move(score)),
        visited_(graph.nodes, scratch),
        scores_(scratch->scores),
        pool_(*pool) {
    scores_.resize(std::max<size_t>(scores_.size(), kBeam * graph.base_stride));
    if (pool_.size() > ef) pool_.resize(ef);
    pool_.reserve(ef);
    for (const ScoredRow& start : pool_) visited_.Add(start.row);
  }

  // Expands the next nodes; false once the walk is over.
  bool Expand() {
    if (next_ == pool_.size()) {
      for (ScoredRow& scored : pool_) scored.row &= ~kExpanded;
      return false;
    }
    first_ = next_;
    seen_ = visited_.size();
    size_t expanded = 0;
    for (; next_ < pool_.size() && expanded < kBeam; ++next_) {
      uint32_t& row = pool_[next_].row;
      if (row & kExpanded) continue;
      for (const uint32_t neighbour : graph_.NeighboursOn(level_, row)) visited_.Add(neighbour);
      row |= kExpanded;
      ++expanded;
    }
    // Most likely the next ones, unless better ones are found now.
    for (size_t i = next_, soon = 0; i < pool_.size() && soon < kBeam; ++i) {
      if (pool_[i].row & kExpanded) continue;
      graph_.Prefetch(level_, pool_[i].row);
      ++soon;
    }
    return true;
  }
  // Their neighbours that had not been seen before.
  absl::Span<const uint32_t> fresh() const { return visited_.Since(seen_); }
  // Scores these and takes up the good ones.
  void Insert() {
    const absl::Span<const uint32_t> rows = fresh();
    score_(rows, scores_.data());
    for (size_t i = 0; i < rows.size(); ++i) {
      const size_t place = graph_walk_internal::InsertInPool({rows[i], scores_[i]}, ef_, &pool_);
      if (place < first_ + 2 * kBeam) graph_.Prefetch(level_, rows[i]);
      next_ = std::min(next_, place);
    }
  }

 private:
  static constexpr uint32_t kExpanded = graph_walk_internal::kExpanded;
  static constexpr size_t kBeam = graph_walk_internal::kBeam;

  const HnswGraph& graph_;
  const int level_;
  const size_t ef_;
  const Score score_;
  graph_walk_internal::Visited visited_;
  std::vector<float>& scores_;
  ScoredRows& pool_;
  size_t next_ = 0;   // no node before it is left to expand
  size_t first_ = 0;  // where the last expansion began
  size_t seen_ = 0;   // rows that had been seen before it
};

// A whole walk.
template <typename Score>
void WalkGraph(const HnswGraph& graph, int level, size_t ef, Score score, WalkScratch* scratch,
               ScoredRows* pool) {
  GraphWalk<Score> walk(graph, level, ef, std::move(score), scratch, pool);
  while (walk.Expand()) walk.Insert();
}

// From the entry point to a node near the query on `level`, by the best neighbour of each level
// above it. REQUIRES: level <= graph.top_level.
template <typename Score>
ScoredRow DescendGraph(const HnswGraph& graph, int level, Score score, WalkScratch* scratch) {
  ScoredRow best{graph.entry_point, 0};
  score(absl::MakeConstSpan(&best.row, 1), &best.score);
  scratch->scores.resize(std::max<size_t>(scratch->scores.size(), graph.base_stride));
  for (int above = graph.top_level; above > level; --above) {
    for (bool moved = true; moved;) {
      moved = false;
      const absl::Span<const uint32_t> neighbours = graph.NeighboursOn(above, best.row);
      score(neighbours, scratch->scores.data());
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

// Replaces *pool by up to `count` nodes near the query for a walk of `level` to start from: those
// that a walk of the level above it ends with.
template <typename Score>
void FindStarts(const HnswGraph& graph, int level, size_t count, Score score, WalkScratch* scratch,
                ScoredRows* pool) {
  const int above = std::min(level + 1, graph.top_level);
  pool->assign(1, DescendGraph(graph, above, score, scratch));
  if (above > level) WalkGraph(graph, above, count, score, scratch, pool);
}

}  // namespace nestor

#endif  // NESTOR_ENGINE_GRAPH_WALK_H_
