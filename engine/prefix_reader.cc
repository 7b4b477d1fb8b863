#include "engine/prefix_reader.h"

#include <algorithm>

#include "engine/prefix_coder.h"

namespace nestor {

void PrefixReader::Read(size_t row, float* out) const {
  std::vector<float> whole(basis_ == nullptr ? 0 : basis_->dims());
  const absl::Span<float> vector =
      basis_ == nullptr ? absl::MakeSpan(out, dims_) : absl::MakeSpan(whole);
  if (!vectors_.Decode(static_cast<uint32_t>(row), vector.size(), vector.data())) {
    std::fill(vector.begin(), vector.end(), 0.0f);
  }
  TakePrefix(metric_, dims_, basis_, vector.data(), out);
}

std::vector<float> PrefixReader::Sample(size_t count) const {
  count = std::min(count, rows());
  std::vector<float> sample(count * dims_);
  for (size_t i = 0; i < count; ++i) Read(i * rows() / count, sample.data() + i * dims_);
  return sample;
}

}  // namespace nestor
