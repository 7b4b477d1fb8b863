#ifndef NESTOR_ENGINE_NEAREST_CENTROID_H_
#define NESTOR_ENGINE_NEAREST_CENTROID_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "engine/metric.h"

namespace nestor {

// Row-major, count() x dims.
struct Centroids {
  absl::Span<const float> values;
  size_t dims;
  Metric metric;
  size_t count() const { return values.size() / dims; }
};

struct NearestCentroid {
  uint32_t number = 0;  // the lowest of several
  float score = 0;      // larger is nearer: the inner product (cosine), minus the squared distance
};

// nearest[i] = the centroid that vector i of `count` belongs to, which are row-major, count x dims.
// Inner products decide for cosine only: for dot, lists are regions of space too, or the longest
// centroid would take all rows. Best for kVectorsAtOnce: what is read of centroids is read once for
// all of them.
void FindNearest(const Centroids& centroids, const float* vectors, size_t count,
                 NearestCentroid* nearest);
inline constexpr size_t kVectorsAtOnce = 16;

}  // namespace nestor

#endif  // NESTOR_ENGINE_NEAREST_CENTROID_H_
