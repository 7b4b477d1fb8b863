#ifndef NESTOR_ENGINE_VECTOR_MATH_H_
#define NESTOR_ENGINE_VECTOR_MATH_H_

#include <cstddef>

// Norms and renormalisation, in double: what every prefix code and tier row is made of, so the same
// bits everywhere.

namespace nestor {

// Euclidean norm of vector[0..dims).
double Norm(const float* vector, size_t dims);

// out[i] = vector[i] / norm, or zeros if norm is 0. `out` may be `vector`.
void Scale(const float* vector, size_t dims, double norm, float* out);

}  // namespace nestor

#endif  // NESTOR_ENGINE_VECTOR_MATH_H_
