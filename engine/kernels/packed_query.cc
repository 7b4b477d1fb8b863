#include "engine/kernels/packed_query.h"

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
  for (size_t i = 0; i < dims; ++i) {
    values_[i / plane_bytes * bytes + i % plane_bytes] = static_cast<int8_t>(multiples[i]);
    sum_ += multiples[i];
  }
}

}  // namespace nestor::kernels
