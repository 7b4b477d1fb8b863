#include "engine/kernels/packed_query.h"

#include "engine/kernels/quantize.h"

namespace nestor::kernels {

PreparedPackedQuery::PreparedPackedQuery(const float* query, size_t dims, int bits, float offset)
    : values_(PackedBytes(dims, bits) * 8 / static_cast<size_t>(bits) + kPackedSlack),
      offset_(offset) {
  constexpr int kMost = 127;
  scale_ = ScaleFor(query, dims, kMost);
  const Quantizer quantize(scale_, kMost);
  for (size_t i = 0; i < dims; ++i) {
    const int value = quantize(query[i]);
    values_[i] = static_cast<int8_t>(value);
    sum_ += value;
  }
}

}  // namespace nestor::kernels
