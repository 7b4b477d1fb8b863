#include "engine/vector_math.h"

#include <cmath>

namespace nestor {

double Norm(const float* vector, size_t dims) {
  double sums[4] = {};
  size_t i = 0;
  for (; i + 4 <= dims; i += 4) {
    for (size_t lane = 0; lane < 4; ++lane) {
      sums[lane] += double{vector[i + lane]} * double{vector[i + lane]};
    }
  }
  for (; i < dims; ++i) sums[0] += double{vector[i]} * double{vector[i]};
  return std::sqrt(sums[0] + sums[1] + sums[2] + sums[3]);
}

void Scale(const float* vector, size_t dims, double norm, float* out) {
  const double factor = norm > 0 ? 1.0 / norm : 0.0;
  for (size_t i = 0; i < dims; ++i) out[i] = static_cast<float>(vector[i] * factor);
}

}  // namespace nestor
