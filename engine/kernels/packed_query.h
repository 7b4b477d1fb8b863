#ifndef NESTOR_ENGINE_KERNELS_PACKED_QUERY_H_
#define NESTOR_ENGINE_KERNELS_PACKED_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "engine/kernels/kernel_table.h"

namespace nestor::kernels {

// Owns the values of a PackedQuery: one int8 for each dim, which is far finer than the codes that
// it meets.
class PreparedPackedQuery {
 public:
  // Of query[0..dims), finite values, for rows of `bits` for each dim. `offset` is added to scores.
  // The values are in `memory`.
  PreparedPackedQuery(const float* query, size_t dims, int bits, float offset,
                      std::pmr::memory_resource* memory = std::pmr::get_default_resource());

  PackedQuery view() const { return {values_.data(), sum_, scale_, offset_}; }

 private:
  std::pmr::vector<int8_t> values_;
  int32_t sum_ = 0;
  float scale_ = 0;
  float offset_ = 0;
};

}  // namespace nestor::kernels

#endif  // NESTOR_ENGINE_KERNELS_PACKED_QUERY_H_
