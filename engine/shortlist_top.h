#ifndef NESTOR_ENGINE_SHORTLIST_TOP_H_
#define NESTOR_ENGINE_SHORTLIST_TOP_H_

#include <algorithm>
#include <cstddef>
#include <limits>

#include "engine/shortlist_index.h"

namespace nestor {

// The best `size` of the rows that are added, ties to the lower row. A scan adds few of the rows
// that it scores: those below the threshold cannot be among the best any more. Rows are collected
// and cut to the best from time to time, so that one costs no more than being appended.
//
// Thread safety: none.
class ShortlistTop {
 public:
  // The rows go to *rows, which is emptied first and must outlive this. REQUIRES: size > 0.
  ShortlistTop(size_t size, ScoredRows* rows)
      : size_(size), most_(size + std::max(size, kLeastRoom)), rows_(*rows) {
    rows_.clear();
  }

  // Rows with a lower score need not be added.
  float threshold() const { return threshold_; }
  // Whether so many rows were added as are wanted.
  bool full() const { return rows_.size() >= size_; }

  void Add(ScoredRow row) {
    rows_.push_back(row);
    if (rows_.size() >= most_) Cut();
  }

  // Leaves the best, best first. Nothing is added after that.
  void Finish() {
    if (rows_.size() > size_) Cut();
    std::sort(rows_.begin(), rows_.end(), BetterScore<ScoredRow>);
  }

 private:
  static constexpr size_t kLeastRoom = 128;

  void Cut() {
    const auto last = rows_.begin() + static_cast<ptrdiff_t>(size_ - 1);
    std::nth_element(rows_.begin(), last, rows_.end(), BetterScore<ScoredRow>);
    rows_.resize(size_);
    threshold_ = rows_.back().score;
  }

  const size_t size_;
  const size_t most_;  // rows that are held at once
  ScoredRows& rows_;
  float threshold_ = -std::numeric_limits<float>::infinity();
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_SHORTLIST_TOP_H_
