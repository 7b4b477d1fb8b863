#ifndef NESTOR_BENCHMARKS_PAPER_ADAPTIVE_CLASSIFICATION_H_
#define NESTOR_BENCHMARKS_PAPER_ADAPTIVE_CLASSIFICATION_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "benchmarks/labels.h"
#include "benchmarks/paper/prefix_search.h"
#include "benchmarks/paper/prefix_space.h"

// Adaptive classification (the same paper, section 4.2): a query is classified by a short prefix,
// and by the next longer one only if that was not sure. The classifier is the nearest neighbour's
// label; how sure it is, is the margin: its cosine less that of the nearest row of another label.

namespace nestor::bench {

// What one prefix says of one query.
struct Vote {
  bool right = false;
  double margin = 0;  // if all neighbours at hand have one label: to the last of them, at least
};

// By level, then by query.
using Votes = std::vector<std::vector<Vote>>;

// REQUIRES: at least one neighbour for each query.
Votes CastVotes(const std::vector<LevelNeighbours>& neighbours, const Labels& labels);

struct AdaptiveResult {
  double tolerance = 0;
  std::vector<double> thresholds;  // by level but the last, which decides what is left
  double mean_dims = 0;            // of the prefix that decides
  double accuracy = 0;
};

// The least margin by which each level may decide: the level is, among the queries of `subset` that
// reach it and have that margin, wrong at most `tolerance` of them more often than the last level
// is. Infinite if there is no such margin. Lower levels choose first.
std::vector<double> LearnThresholds(const Votes& votes, absl::Span<const size_t> subset,
                                    double tolerance);

// Mean dims and accuracy over `subset`. REQUIRES: it is not empty.
AdaptiveResult Classify(const Votes& votes, const PrefixSpace& space,
                        absl::Span<const size_t> subset, const std::vector<double>& thresholds);

// The share of `subset` that one level classifies correctly.
double Accuracy(const std::vector<Vote>& votes, absl::Span<const size_t> subset);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_PAPER_ADAPTIVE_CLASSIFICATION_H_
