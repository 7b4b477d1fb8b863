#ifndef NESTOR_ENGINE_KERNELS_INT8_QUERY_H_
#define NESTOR_ENGINE_KERNELS_INT8_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/kernels/kernel_table.h"

namespace nestor::kernels {

// Owns the arrays of an Int8Query: the query in float32 and as two int8 planes, 15 bits together,
// so that integer kernels lose nothing that matters.
class PreparedQuery {
 public:
  // Copies query[0..dims), finite values.
  PreparedQuery(const float* query, size_t dims);

  Int8Query view() const;
  size_t dims() const { return dims_; }

  // An upper bound of the norm of (query - what the planes say). By Cauchy-Schwarz the result of
  // any kernel differs from the dot product with the decoded row by at most this times the row's
  // norm, float32 rounding aside.
  float error() const { return error_; }

 private:
  size_t dims_;
  float error_ = 0;
  std::vector<float> values_;
  std::vector<int8_t> planes_;  // high, then low
  std::vector<float> block_scales_;
};

}  // namespace nestor::kernels

#endif  // NESTOR_ENGINE_KERNELS_INT8_QUERY_H_
