#ifndef NESTOR_ENGINE_SCORE_MARGIN_H_
#define NESTOR_ENGINE_SCORE_MARGIN_H_

#include <algorithm>
#include <cstddef>
#include <limits>

#include "engine/prefix_query.h"

namespace nestor {

// How far below its best rows a shortlist reaches: to
//
//   best - width * spread
//
// where `best` is the top-th best prefix score that was met and `spread` how far prefix scores near
// it are off (PrefixQuery::Spread). A query whose neighbours are crowded has many rows in reach, an
// easy one few: the effort follows the query. That a walk ends by such a rule is from "Distance
// Adaptive Beam Search" (Al-Jazzazi et al., arXiv 2505.15636), where the spread is the distance;
// benchmarks/NOTES.md compares spreads.
struct ScoreMargin {
  size_t top = 0;  // 0: no margin, every row is in reach
  float width = 0;

  friend bool operator==(const ScoreMargin&, const ScoreMargin&) = default;
};

// The lowest score in reach of one search. Scores are those of its query.
class ScoreFloor {
 public:
  static constexpr float kNone = -std::numeric_limits<float>::infinity();

  ScoreFloor() = default;  // every row is in reach
  // `best_known` is a score that `margin.top` rows are known to reach, wherever they are.
  ScoreFloor(const ScoreMargin& margin, const PrefixQuery& query, float best_known = kNone)
      : margin_(margin), query_(&query), best_known_(best_known) {}

  size_t top() const { return margin_.top; }  // 0: every row is in reach
  // When `best` is the top-th best score that was met here; kNone: fewer were met.
  float Below(float best) const {
    best = std::max(best, best_known_);
    if (margin_.top == 0 || best == kNone) return kNone;
    return best - margin_.width * query_->Spread(best);
  }
  // The same for rows that are sorted, best first.
  template <typename Rows>
  float BelowSorted(const Rows& rows) const {
    if (margin_.top == 0) return kNone;
    return Below(rows.size() < margin_.top ? kNone : rows[margin_.top - 1].score);
  }
  // Leaves those in reach of rows that are sorted, best first.
  template <typename Rows>
  void Trim(Rows* rows) const {
    const float floor = BelowSorted(*rows);
    while (!rows->empty() && rows->back().score < floor) rows->pop_back();
  }

 private:
  ScoreMargin margin_;
  const PrefixQuery* query_ = nullptr;
  float best_known_ = kNone;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_SCORE_MARGIN_H_
