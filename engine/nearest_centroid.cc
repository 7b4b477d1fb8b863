#include "engine/nearest_centroid.h"

#include <algorithm>
#include <limits>

#include "engine/kernels/kernel_table.h"

namespace nestor {
namespace {

// Centroids, which stay in the first-level cache for all vectors (kMaxListDims is 64).
constexpr size_t kTile = 64;

}  // namespace

void FindNearest(const Centroids& centroids, const float* vectors, size_t count,
                 NearestCentroid* nearest) {
  const bool by_product = centroids.metric == Metric::kCosine;
  const kernels::KernelTable& kernels = kernels::Kernels();
  const size_t dims = centroids.dims;
  std::fill_n(nearest, count, NearestCentroid{0, -std::numeric_limits<float>::infinity()});
  for (size_t first = 0; first < centroids.count(); first += kTile) {
    const size_t size = std::min(kTile, centroids.count() - first);
    const kernels::FloatRows tile = {centroids.values.data() + first * dims, dims};
    float scores[kTile];
    for (size_t i = 0; i < count; ++i) {
      const float* const vector = vectors + i * dims;
      (by_product ? kernels.dot_f32 : kernels.l2_f32)(vector, tile, {nullptr, size}, dims, scores);
      for (size_t c = 0; c < size; ++c) {
        const float score = by_product ? scores[c] : -scores[c];
        if (score > nearest[i].score) nearest[i] = {static_cast<uint32_t>(first + c), score};
      }
    }
  }
}

}  // namespace nestor
