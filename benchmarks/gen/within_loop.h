#ifndef NESTOR_BENCHMARKS_GEN_WITHIN_LOOP_H_
#define NESTOR_BENCHMARKS_GEN_WITHIN_LOOP_H_

#include <cstddef>

#include "benchmarks/gen/random_stream.h"

// The loops over all dims of a point, which generating spends its time in. The order of additions
// is fixed and products are not fused into them, so that every processor makes the same bits.

namespace nestor::bench {

// out[d] = (1 - other_weight) * own[d] + other_weight * other[d]
void MixMeans(const float* own, const float* other, float other_weight, size_t dims, float* out);

struct WithinParams {
  const float* directions = nullptr;  // latents x dims
  const float* z = nullptr;           // latents
  size_t latents = 0;
  const float* noise_scale = nullptr;  // dims
  float scale = 1;
  size_t dims = 0;
};

// out[d] += scale * (sum over l of z[l] * directions[l][d] + noise_scale[d] * normal number d of
// the stream).
void AddLatentsAndNoise(const WithinParams& params, const RandomStream& noise, float* out);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_GEN_WITHIN_LOOP_H_
