#ifndef NESTOR_BENCHMARKS_FAISS_IVF_INDEX_H_
#define NESTOR_BENCHMARKS_FAISS_IVF_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "benchmarks/answers.h"
#include "benchmarks/float_matrix.h"
#include "engine/metric.h"

namespace nestor::bench {

struct FaissIvfParams {
  size_t lists = 0;  // 0: 4 * sqrt(rows), as ours
  int threads = 1;   // that build it
  int seed = 1234;
};

// A baseline: FAISS's inverted file over all rows of a matrix, which FAISS trains, fills and
// searches, with scores from our kernel table (the packaged library is built for SSE2 alone).
// Otherwise with FAISS's own defaults.
//
// Thread safety: none.
class FaissIvfIndex {
 public:
  // Copies the rows; for cosine they are of unit length, and k-means is spherical. At most one list
  // for each row. Leaves OpenMP and OpenBLAS with one thread (benchmarks/math_threads.h).
  // ResourceExhaustedError when memory runs out, InternalError for what else FAISS throws.
  static absl::StatusOr<std::unique_ptr<FaissIvfIndex>> Build(const FloatMatrix& rows,
                                                              Metric metric,
                                                              const FaissIvfParams& params);
  ~FaissIvfIndex();

  // The best `count` rows of the `nprobe` lists that are nearest to the query, best first; fewer
  // if those hold fewer. REQUIRES: count > 0, nprobe > 0.
  absl::Status Search(const float* query, size_t count, size_t nprobe, RowIds* rows) const;

  size_t lists() const;
  // Vectors and row numbers (8 bytes each) as FAISS allocated them, and the centroids.
  size_t MemoryBytes() const;

 private:
  struct Impl;
  explicit FaissIvfIndex(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_FAISS_IVF_INDEX_H_
