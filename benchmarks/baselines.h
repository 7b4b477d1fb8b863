#ifndef NESTOR_BENCHMARKS_BASELINES_H_
#define NESTOR_BENCHMARKS_BASELINES_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "benchmarks/float_matrix.h"
#include "benchmarks/method.h"
#include "engine/metric.h"

namespace nestor::bench {

// What everybody can build without us. `rows` is the base, for cosine at unit length
// (Prefixes(base, base.dims, metric)), and must outlive the method; `limit` rows are answered.

// Every row compared in float32, with our kernels.
Method ExactScan(const FloatMatrix& rows, Metric metric, size_t limit);

// hnswlib over whole vectors, over a range of ef.
absl::StatusOr<Method> HnswlibFull(const FloatMatrix& rows, Metric metric, size_t limit);

// hnswlib over the float32 prefix of each vector (renormalised for cosine), then the best K of
// them compared at full length in float32, over a range of K. Both copies are in memory.
absl::StatusOr<Method> HnswlibPrefix(const FloatMatrix& rows, size_t prefix_dims, Metric metric,
                                     size_t limit);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_BASELINES_H_
