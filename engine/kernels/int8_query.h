#ifndef NESTOR_ENGINE_KERNELS_INT8_QUERY_H_
#define NESTOR_ENGINE_KERNELS_INT8_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "engine/kernels/kernel_table.h"

namespace nestor::kernels {

// Owns the arrays of an Int8Query: the query as two int8 planes, 15 bits together, so that nothing
// that matters is lost.
class PreparedQuery {
 public:
  // Of query[0..dims), finite values. The arrays are in `memory`.
  PreparedQuery(const float* query, size_t dims,
                std::pmr::memory_resource* memory = std::pmr::get_default_resource());

  Int8Query view() const;
  size_t dims() const { return dims_; }

  // An upper bound of the norm of (query - what the planes say). By Cauchy-Schwarz the result of
  // any kernel differs from the dot product with the decoded row by at most this times the row's
  // norm, float32 rounding aside.
  float error() const { return error_; }
  // The same of rough scores that read the high plane only from block `first` on.
  float rough_error(size_t first) const { return rough_errors_[first]; }

 private:
  size_t dims_;
  float error_ = 0;
  std::pmr::vector<int8_t> planes_;  // high, then low
  std::pmr::vector<float> block_scales_;
  std::pmr::vector<float> upper_offsets_;
  std::pmr::vector<float> rough_errors_;  // by the first block
};

}  // namespace nestor::kernels

#endif  // NESTOR_ENGINE_KERNELS_INT8_QUERY_H_
