#ifndef NESTOR_ENGINE_SHORTLIST_TOP_H_
#define NESTOR_ENGINE_SHORTLIST_TOP_H_

#include <algorithm>
#include <cstddef>
#include <vector>

#include "engine/score_margin.h"
#include "engine/shortlist_index.h"

namespace nestor {

// The best `size` of the rows that are added and in reach, ties to the lower row. A scan adds few
// of the rows that it scores: those below the threshold cannot be among the best any more. Rows are
// collected and cut to the best from time to time, so that one costs no more than being appended.
//
// Thread safety: none.
class ShortlistTop {
 public:
  // The rows go to *rows, which is emptied first and must outlive this. REQUIRES: size > 0.
  ShortlistTop(size_t size, ScoredRows* rows, const ScoreFloor& floor = {})
      : size_(size),
        most_(size + std::max(size, kLeastRoom)),
        floor_(floor),
        rows_(*rows),
        threshold_(floor.Below(ScoreFloor::kNone)) {
    rows_.clear();
  }

  // Rows with a lower score need not be added.
  float threshold() const { return threshold_; }
  // Whether so many rows were added as are wanted.
  bool full() const {
    return rows_.size() >= (floor_.top() == 0 ? size_ : std::min(size_, floor_.top()));
  }

  void Add(ScoredRow row) {
    rows_.push_back(row);
    if (rows_.size() >= most_) Cut();
  }

  // Leaves the best, best first. Nothing is added after that.
  void Finish() {
    if (rows_.size() > size_) Cut();
    std::sort(rows_.begin(), rows_.end(), BetterScore<ScoredRow>);
    floor_.Trim(&rows_);
  }

 private:
  static constexpr size_t kLeastRoom = 128;

  void Cut() {
    if (rows_.size() > size_) {
      BringForward(size_);
      rows_.resize(size_);
      threshold_ = rows_.back().score;
    }
    if (floor_.top() == 0 || floor_.top() > size_) return;
    BringForward(floor_.top());
    threshold_ = std::max(threshold_, floor_.Below(rows_[floor_.top() - 1].score));
    std::erase_if(rows_, [this](const ScoredRow& row) { return row.score < threshold_; });
  }

  // The best `count` to the front, the worst of them last. REQUIRES: there are as many.
  void BringForward(size_t count) {
    const auto last = rows_.begin() + static_cast<ptrdiff_t>(count - 1);
    std::nth_element(rows_.begin(), last, rows_.end(), BetterScore<ScoredRow>);
  }

  const size_t size_;
  const size_t most_;  // rows that are held at once
  const ScoreFloor floor_;
  ScoredRows& rows_;
  float threshold_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_SHORTLIST_TOP_H_
