#ifndef NESTOR_BENCHMARKS_PAPER_PREFIX_SPACE_H_
#define NESTOR_BENCHMARKS_PAPER_PREFIX_SPACE_H_

#include <cstddef>
#include <vector>

#include "benchmarks/float_matrix.h"

namespace nestor::bench {

// The prefixes that a Matryoshka model is judged at, called levels: level l is the first dims(l)
// dims of every vector, scaled to unit length. Vectors are not copied; only norms are kept.
// `matrix` must outlive this.
//
// Thread safety: immutable.
class PrefixSpace {
 public:
  // REQUIRES: `dims` is not empty, ascends, and ends at matrix.dims.
  PrefixSpace(const FloatMatrix& matrix, const std::vector<size_t>& dims);

  const FloatMatrix& matrix() const { return matrix_; }
  size_t rows() const { return matrix_.rows; }
  size_t levels() const { return dims_.size(); }
  size_t dims(size_t level) const { return dims_[level]; }
  size_t full_dims() const { return dims_.back(); }

  // 1 / norm of the prefix of every row, rows() of them; 0 for a prefix of zeros.
  const float* InverseNorms(size_t level) const { return &inverse_norms_[level * rows()]; }

 private:
  const FloatMatrix& matrix_;
  const std::vector<size_t> dims_;
  std::vector<float> inverse_norms_;  // level after level
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_PAPER_PREFIX_SPACE_H_
