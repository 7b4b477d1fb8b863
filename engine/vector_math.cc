#include "engine/vector_math.h"

#include <cmath>
#include <numeric>

namespace nestor {

double Norm(const float* vector, size_t dims) {
  constexpr size_t kLanes = 8;  // sums side by side, for the compiler to do at once
  double sums[kLanes] = {};
  size_t i = 0;
  for (; i + kLanes <= dims; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] += double{vector[i + lane]} * double{vector[i + lane]};
    }
  }
  for (; i < dims; ++i) sums[0] += double{vector[i]} * double{vector[i]};
  return std::sqrt(std::accumulate(sums, sums + kLanes, 0.0));
}

void Scale(const float* vector, size_t dims, double norm, float* out) {
  const double factor = norm > 0 ? 1.0 / norm : 0.0;
  for (size_t i = 0; i < dims; ++i) out[i] = static_cast<float>(vector[i] * factor);
}

}  // namespace nestor
