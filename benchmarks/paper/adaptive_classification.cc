#include "benchmarks/paper/adaptive_classification.h"

#include <algorithm>
#include <limits>

#include "storage/check.h"

namespace nestor::bench {
namespace {

Vote VoteOf(const Neighbours& neighbours, absl::Span<const int64_t> labels, int64_t query_label) {
  const int64_t nearest = labels[neighbours.rows[0]];
  size_t other = 1;
  while (other < neighbours.rows.size() && labels[neighbours.rows[other]] == nearest) ++other;
  other = std::min(other, neighbours.rows.size() - 1);
  return {nearest == query_label, neighbours.cosines[0] - neighbours.cosines[other]};
}

// The least margin that `votes` may decide by, among `reached`, which it sorts.
double LearnThreshold(const std::vector<Vote>& votes, const std::vector<Vote>& last,
                      double tolerance, std::vector<size_t>* reached) {
  std::sort(reached->begin(), reached->end(), [&](size_t a, size_t b) {
    return votes[a].margin != votes[b].margin ? votes[a].margin > votes[b].margin : a < b;
  });
  double threshold = std::numeric_limits<double>::infinity();
  double lost = 0;  // correct answers, against the last level
  for (size_t i = 0; i < reached->size(); ++i) {
    const size_t q = (*reached)[i];
    lost += (last[q].right ? 1 : 0) - (votes[q].right ? 1 : 0);
    const bool tied = i + 1 < reached->size() && votes[(*reached)[i + 1]].margin == votes[q].margin;
    if (!tied && lost <= tolerance * static_cast<double>(i + 1)) threshold = votes[q].margin;
  }
  return threshold;
}

}  // namespace

Votes CastVotes(const std::vector<LevelNeighbours>& neighbours, const Labels& labels) {
  Votes votes;
  for (const LevelNeighbours& level : neighbours) {
    std::vector<Vote> of_level;
    for (size_t q = 0; q < level.size(); ++q) {
      of_level.push_back(VoteOf(level[q], labels.base, labels.queries[q]));
    }
    votes.push_back(std::move(of_level));
  }
  return votes;
}

std::vector<double> LearnThresholds(const Votes& votes, absl::Span<const size_t> subset,
                                    double tolerance) {
  std::vector<double> thresholds;
  std::vector<size_t> reached(subset.begin(), subset.end());
  for (size_t level = 0; level + 1 < votes.size(); ++level) {
    thresholds.push_back(LearnThreshold(votes[level], votes.back(), tolerance, &reached));
    reached.erase(
        std::remove_if(reached.begin(), reached.end(),
                       [&](size_t q) { return votes[level][q].margin >= thresholds.back(); }),
        reached.end());
  }
  return thresholds;
}

AdaptiveResult Classify(const Votes& votes, const PrefixSpace& space,
                        absl::Span<const size_t> subset, const std::vector<double>& thresholds) {
  NESTOR_CHECK(!subset.empty() && thresholds.size() + 1 == votes.size());
  AdaptiveResult result;
  result.thresholds = thresholds;
  for (const size_t q : subset) {
    size_t level = 0;
    while (level < thresholds.size() && votes[level][q].margin < thresholds[level]) ++level;
    result.mean_dims += static_cast<double>(space.dims(level));
    result.accuracy += votes[level][q].right ? 1 : 0;
  }
  result.mean_dims /= static_cast<double>(subset.size());
  result.accuracy /= static_cast<double>(subset.size());
  return result;
}

double Accuracy(const std::vector<Vote>& votes, absl::Span<const size_t> subset) {
  const auto right =
      std::count_if(subset.begin(), subset.end(), [&](size_t q) { return votes[q].right; });
  return static_cast<double>(right) / static_cast<double>(subset.size());
}

}  // namespace nestor::bench
