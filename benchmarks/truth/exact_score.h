#ifndef NESTOR_BENCHMARKS_TRUTH_EXACT_SCORE_H_
#define NESTOR_BENCHMARKS_TRUTH_EXACT_SCORE_H_

#include <cstddef>

#include "engine/kernels/kernel_table.h"
#include "engine/metric.h"

namespace nestor::bench {

// The score that truth is decided by: in double, larger is better; minus the squared distance for
// L2. A cosine is divided by the norm of the row only, since that of the query is the same for all
// rows.
inline double ExactScore(Metric metric, const float* query, const float* row, size_t dims,
                         double row_norm) {
  const kernels::KernelTable& table = kernels::Kernels();
  if (metric == Metric::kL2) return -table.l2_exact(query, row, dims);
  const double dot = table.dot_exact(query, row, dims);
  return metric == Metric::kCosine ? dot / row_norm : dot;
}

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_TRUTH_EXACT_SCORE_H_
