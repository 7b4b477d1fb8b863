#ifndef NESTOR_BENCHMARKS_GROUND_TRUTH_H_
#define NESTOR_BENCHMARKS_GROUND_TRUTH_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "benchmarks/answers.h"
#include "benchmarks/float_matrix.h"
#include "engine/metric.h"

namespace nestor::bench {

// Scores rows against queries in double (benchmarks/truth/exact_score.h). `base` must outlive this.
//
// Thread safety: immutable.
class ExactScorer {
 public:
  ExactScorer(const FloatMatrix& base, Metric metric);

  Metric metric() const { return metric_; }
  double Score(const float* query, size_t row) const;

 private:
  const FloatMatrix& base_;
  const Metric metric_;
  std::vector<double> norms_;  // of the rows, for cosine
};

// What scoring every pair in double would find, equal scores in ascending order of the rows, with
// `threads` threads (benchmarks/truth/neighbour_finder.h). `scorer` is of `base`.
Answers ExactNeighbours(const ExactScorer& scorer, const FloatMatrix& base,
                        const FloatMatrix& queries, size_t limit, int threads);

// The same among `rows` only, which ascend, for one query.
RowIds ExactNeighboursAmong(const ExactScorer& scorer, const RowIds& rows, const float* query,
                            size_t limit);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_GROUND_TRUTH_H_
