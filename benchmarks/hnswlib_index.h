#ifndef NESTOR_BENCHMARKS_HNSWLIB_INDEX_H_
#define NESTOR_BENCHMARKS_HNSWLIB_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "benchmarks/answers.h"
#include "benchmarks/float_matrix.h"
#include "engine/metric.h"

namespace nestor::bench {

struct HnswlibParams {
  size_t m = 16;
  size_t ef_construction = 200;
  int threads = 1;  // that build it; with several of them no two graphs are alike
};

// The baseline: an hnswlib graph over all rows of a matrix, searched by hnswlib itself, with
// distances from our kernel table (the packaged library alone would have SSE only).
//
// Thread safety: none; ef is a setting of the whole index.
class HnswlibIndex {
 public:
  // Copies the rows; for cosine they are of unit length. ResourceExhaustedError when memory runs
  // out, InternalError for what else hnswlib throws.
  static absl::StatusOr<std::unique_ptr<HnswlibIndex>> Build(const FloatMatrix& rows, Metric metric,
                                                             const HnswlibParams& params);
  ~HnswlibIndex();

  // The best `count` rows that a search with this ef finds, best first. REQUIRES: ef >= count.
  absl::Status Search(const float* query, size_t count, size_t ef, RowIds* rows);

  // What hnswlib keeps for each element: links of level 0 with vector and label, links above,
  // level, lock, pointer to the upper links, and its map from labels (a node of 32 bytes and the
  // buckets). Without its constant part (65,536 locks for updates).
  size_t MemoryBytes() const;

 private:
  struct Impl;
  explicit HnswlibIndex(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_HNSWLIB_INDEX_H_
