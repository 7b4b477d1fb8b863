#include "engine/prefix_reader.h"

#include <algorithm>

#include "engine/vector_math.h"

namespace nestor {

void PrefixReader::Read(size_t row, float* out) const {
  const auto local = static_cast<uint32_t>(row);
  if (basis_ == nullptr) {
    if (!vectors_.Decode(local, dims_, out)) std::fill(out, out + dims_, 0.0f);
  } else {
    std::vector<float> vector(basis_->dims());
    if (!vectors_.Decode(local, vector.size(), vector.data())) vector.assign(vector.size(), 0.0f);
    basis_->Project(vector.data(), dims_, out);
  }
  if (metric_ == Metric::kCosine) Scale(out, dims_, Norm(out, dims_), out);
}

std::vector<float> PrefixReader::Sample(size_t count) const {
  count = std::min(count, rows());
  std::vector<float> sample(count * dims_);
  for (size_t i = 0; i < count; ++i) Read(i * rows() / count, sample.data() + i * dims_);
  return sample;
}

}  // namespace nestor
