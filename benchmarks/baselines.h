#ifndef NESTOR_BENCHMARKS_BASELINES_H_
#define NESTOR_BENCHMARKS_BASELINES_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "benchmarks/float_matrix.h"
#include "benchmarks/method.h"
#include "engine/metric.h"

namespace nestor::bench {

// What everybody can build without us. `rows` is the base, for cosine at unit length, and must
// outlive the method; it counts as the method's memory where the method reads it. `limit` rows are
// answered; `threads` build and never search.

enum class Baseline { kExact, kHnswFull, kHnswPrefix, kIvfPrefix };

// "exact": every row compared in float32, with our kernels.
Method ExactScan(const FloatMatrix& rows, Metric metric, size_t limit);

// "hnsw_full": hnswlib over whole vectors, over a range of ef.
absl::StatusOr<Method> HnswlibFull(const FloatMatrix& rows, Metric metric, size_t limit,
                                   int threads);

// Both below see the float32 prefix of each vector (renormalised for cosine) and compare the best
// K of them at full length in float32. Both copies are in memory.

// "hnsw_prefix": hnswlib, over a range of K, and of ef from K on.
absl::StatusOr<Method> HnswlibPrefix(const FloatMatrix& rows, size_t prefix_dims, Metric metric,
                                     size_t limit, int threads);

// "ivf_prefix": FAISS's inverted file, over a range of lists probed and of K.
absl::StatusOr<Method> FaissIvfPrefix(const FloatMatrix& rows, size_t prefix_dims, Metric metric,
                                      size_t limit, int threads);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_BASELINES_H_
