#ifndef NESTOR_ENGINE_KERNELS_ROTATION_H_
#define NESTOR_ENGINE_KERNELS_ROTATION_H_

#include <cstddef>
#include <vector>

namespace nestor::kernels {

// A random rotation of vectors of any length: it keeps all dot products, and spreads what is in a
// few dims over all, evenly. Random signs and a fast Walsh-Hadamard transform, two or three times
// (Ailon and Chazelle, The fast Johnson-Lindenstrauss transform, 2009); the transform takes a power
// of two of dims, so with any other number it is done on the first and on the last ones that it can
// take. The same for all vectors of a length, everywhere and for ever.
//
// Thread safety: immutable.
class Rotation {
 public:
  explicit Rotation(size_t dims);

  // values[0..dims), in place.
  void Apply(float* values) const;

 private:
  void Transform(float* values) const;

  size_t dims_;
  size_t power_;              // the largest power of two that is not above dims_
  std::vector<float> signs_;  // of all rounds
};

}  // namespace nestor::kernels

#endif  // NESTOR_ENGINE_KERNELS_ROTATION_H_
