#include "engine/kernels/packed_query.h"

#include <algorithm>

#include "engine/kernels/quantize.h"

namespace nestor::kernels {

PreparedPackedQuery::PreparedPackedQuery(const float* query, size_t dims, int bits, float offset,
                                         std::pmr::memory_resource* memory)
    : values_(PackedBytes(dims, bits) * 8 / static_cast<size_t>(bits) + kPackedSlack, memory),
      offset_(offset) {
  constexpr int kMost = 127;
  scale_ = ScaleFor(query, dims, kMost);
  std::pmr::vector<int32_t> multiples(dims, memory);
  // Less is nothing.
  if (scale_ >= kLeastFastScale) QuantizeFast(query, dims, scale_, multiples.data());
  const size_t plane_bytes = PackedPlaneBytes(dims, bits);
  const size_t bytes = PackedBytes(dims, bits);
  for (size_t begin = 0, to = 0; begin < dims; begin += plane_bytes, to += bytes) {
    const size_t count = std::min(plane_bytes, dims - begin);
    for (size_t i = 0; i < count; ++i) {
      values_[to + i] = static_cast<int8_t>(multiples[begin + i]);
      sum_ += multiples[begin + i];
    }
  }
}

}  // namespace nestor::kernels
