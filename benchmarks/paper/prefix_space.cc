#include "benchmarks/paper/prefix_space.h"

#include <cmath>

#include "engine/vector_math.h"
#include "storage/check.h"

namespace nestor::bench {

PrefixSpace::PrefixSpace(const FloatMatrix& matrix, const std::vector<size_t>& dims)
    : matrix_(matrix), dims_(dims), inverse_norms_(dims.size() * matrix.rows) {
  NESTOR_CHECK(!dims.empty() && dims.back() == matrix.dims);
  for (size_t row = 0; row < rows(); ++row) {
    double squared = 0;
    size_t begin = 0;
    for (size_t level = 0; level < levels(); ++level) {
      const double norm = Norm(matrix.Row(row) + begin, dims_[level] - begin);
      squared += norm * norm;
      begin = dims_[level];
      inverse_norms_[level * rows() + row] =
          squared == 0 ? 0 : static_cast<float>(1 / std::sqrt(squared));
    }
  }
}

}  // namespace nestor::bench
