#include "benchmarks/gen/within_loop.h"

#include <algorithm>

namespace nestor::bench {
namespace {

constexpr size_t kTileDims = 256;  // sums and noise of a tile stay in the first-level cache
static_assert(kTileDims % 2 == 0, "a place of the stream gives two numbers");

// sums[d] += z[l] * directions[l][begin + d] for all latents, four in one pass over the tile.
void AddLatents(const WithinParams& params, size_t begin, size_t count, float* sums) {
  const float* z = params.z;
  const float* row = params.directions + begin;
  size_t l = 0;
  for (; l + 4 <= params.latents; l += 4, z += 4, row += 4 * params.dims) {
    const float* a = row;
    const float* b = row + params.dims;
    const float* c = row + 2 * params.dims;
    const float* e = row + 3 * params.dims;
    for (size_t d = 0; d < count; ++d) {
      sums[d] += (z[0] * a[d] + z[1] * b[d]) + (z[2] * c[d] + z[3] * e[d]);
    }
  }
  for (; l < params.latents; ++l, ++z, row += params.dims) {
    for (size_t d = 0; d < count; ++d) sums[d] += z[0] * row[d];
  }
}

}  // namespace

void MixMeans(const float* own, const float* other, float other_weight, size_t dims, float* out) {
  if (other_weight == 0) {
    std::copy(own, own + dims, out);
    return;
  }
  const float own_weight = 1 - other_weight;
  for (size_t d = 0; d < dims; ++d) out[d] = own_weight * own[d] + other_weight * other[d];
}

void AddLatentsAndNoise(const WithinParams& params, const RandomStream& noise, float* out) {
  float normals[kTileDims];
  float sums[kTileDims];
  for (size_t begin = 0; begin < params.dims; begin += kTileDims) {
    const size_t count = std::min(kTileDims, params.dims - begin);
    FillNormals(noise, begin / 2, count, normals);
    const float* noise_scale = params.noise_scale + begin;
    for (size_t d = 0; d < count; ++d) sums[d] = noise_scale[d] * normals[d];
    AddLatents(params, begin, count, sums);
    for (size_t d = 0; d < count; ++d) out[begin + d] += params.scale * sums[d];
  }
}

}  // namespace nestor::bench
