#ifndef NESTOR_BENCHMARKS_TOP_ROWS_H_
#define NESTOR_BENCHMARKS_TOP_ROWS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "benchmarks/answers.h"

namespace nestor::bench {

// The best `limit` of the rows that were offered, larger scores first, equal scores by lower row.
//
// Thread safety: none.
class TopRows {
 public:
  // REQUIRES: limit > 0.
  explicit TopRows(size_t limit) : limit_(limit) { heap_.reserve(limit); }

  void Offer(double score, uint32_t row) {
    const Scored scored{score, row};
    if (heap_.size() == limit_) {
      if (!Better(scored, heap_.front())) return;
      std::pop_heap(heap_.begin(), heap_.end(), Better);
      heap_.pop_back();
    }
    heap_.push_back(scored);
    std::push_heap(heap_.begin(), heap_.end(), Better);
  }

  // What a score must exceed to be kept; -infinity until there are `limit`.
  double WorstScore() const {
    return heap_.size() < limit_ ? -std::numeric_limits<double>::infinity() : heap_.front().score;
  }

  // Best first, and empty again; with `scores`, the score of each row, too.
  void Take(RowIds* rows, std::vector<double>* scores = nullptr) {
    std::sort_heap(heap_.begin(), heap_.end(), Better);
    rows->clear();
    if (scores != nullptr) scores->clear();
    for (const Scored& scored : heap_) {
      rows->push_back(scored.row);
      if (scores != nullptr) scores->push_back(scored.score);
    }
    heap_.clear();
  }

 private:
  struct Scored {
    double score;
    uint32_t row;
  };
  static bool Better(const Scored& a, const Scored& b) {
    return a.score != b.score ? a.score > b.score : a.row < b.row;
  }

  size_t limit_;
  std::vector<Scored> heap_;  // the front is the worst
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_TOP_ROWS_H_
