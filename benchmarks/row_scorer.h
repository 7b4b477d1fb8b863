#ifndef NESTOR_BENCHMARKS_ROW_SCORER_H_
#define NESTOR_BENCHMARKS_ROW_SCORER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "benchmarks/answers.h"
#include "benchmarks/float_matrix.h"
#include "benchmarks/top_rows.h"
#include "engine/kernels/kernel_table.h"
#include "engine/metric.h"

namespace nestor::bench {

// Scores many rows of a matrix in float32 with one call of the kernel table and keeps the best:
// what exact scans and reranks of the baselines are made of. For cosine the rows are of unit
// length. `matrix` must outlive this.
//
// Thread safety: none; it reuses its buffers.
class RowScorer {
 public:
  RowScorer(const FloatMatrix& matrix, Metric metric, size_t limit)
      : matrix_(matrix), metric_(metric), top_(limit) {}

  // The best rows of the whole matrix.
  void Scan(const float* query, RowIds* rows);
  // The best rows of `candidates`. `rows` may be `candidates`.
  void Rerank(const float* query, const RowIds& candidates, RowIds* rows);

 private:
  // Scores of the list into scores_; `first` is what row 0 of the list is.
  void Score(const float* query, size_t first, kernels::RowList list);

  const FloatMatrix& matrix_;
  const Metric metric_;
  TopRows top_;
  std::vector<float> scores_;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_ROW_SCORER_H_
