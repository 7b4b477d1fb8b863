#ifndef NESTOR_BENCHMARKS_GROUND_TRUTH_H_
#define NESTOR_BENCHMARKS_GROUND_TRUTH_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "benchmarks/answers.h"
#include "benchmarks/float_matrix.h"
#include "engine/metric.h"

namespace nestor::bench {

// Scores rows against queries in double, larger is better: cosine, inner product, or minus the
// squared distance. `base` must outlive this.
//
// Thread safety: immutable.
class ExactScorer {
 public:
  ExactScorer(const FloatMatrix& base, Metric metric);

  double Score(const float* query, size_t row) const;

 private:
  const FloatMatrix& base_;
  const Metric metric_;
  std::vector<double> norms_;  // of the rows, for cosine
};

// Equal scores in ascending order of the rows. Every pair is scored, block of rows by block of
// rows so that a block stays in cache for all queries, with `threads` threads.
Answers ExactNeighbours(const ExactScorer& scorer, const FloatMatrix& base,
                        const FloatMatrix& queries, size_t limit, int threads);

// The same among `rows` only, which ascend, for one query.
RowIds ExactNeighboursAmong(const ExactScorer& scorer, const RowIds& rows, const float* query,
                            size_t limit);

// True neighbours from a file (benchmarks/int_file.h), the first `limit` columns for the first
// `queries` rows. INVALID_ARGUMENT when the file has fewer of either, or names a row that is not
// below `rows` (because only part of the base is used, for example).
absl::StatusOr<Answers> ReadNeighbours(const std::string& path, size_t queries, size_t rows,
                                       size_t limit);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_GROUND_TRUTH_H_
