#include "engine/prefix_coder.h"

#include <numeric>
#include <utility>

#include "engine/vector_math.h"
#include "storage/check.h"

namespace nestor {

double TakePrefix(Metric metric, size_t dims, const Basis* basis, const float* vector, float* out,
                  std::pmr::memory_resource* memory) {
  if (basis != nullptr) {
    basis->Project(vector, dims, out, memory);
    vector = out;
  }
  const double norm = Norm(vector, dims);
  Scale(vector, dims, metric == Metric::kCosine ? norm : 1.0, out);
  return norm;
}

PrefixCoder::PrefixCoder(const PrefixCodeFormat& format, std::vector<float> centre,
                         std::shared_ptr<const Basis> basis)
    : format_(format), centre_(std::move(centre)), basis_(std::move(basis)) {
  NESTOR_CHECK(IsPrefixBits(format.bits));
  NESTOR_CHECK(centre_.empty() || (packed() && centre_.size() == format.dims));
  NESTOR_CHECK(format.learnt == (basis_ != nullptr));
  NESTOR_CHECK(basis_ == nullptr || basis_->size() == format.dims);
  if (packed()) rotation_.emplace(format.dims);
  centre_norm2_ = DotCentre(centre_.data());
}

void PrefixCoder::Turn(float* prefix) const {
  for (size_t i = 0; i < centre_.size(); ++i) prefix[i] -= centre_[i];
  rotation_->Apply(prefix);
}

double PrefixCoder::DotCentre(const float* values) const {
  constexpr size_t kLanes = 8;  // sums side by side, for the compiler to do at once
  float sums[kLanes] = {};
  size_t i = 0;
  for (; i + kLanes <= centre_.size(); i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] += values[i + lane] * centre_[i + lane];
    }
  }
  for (size_t lane = 0; i < centre_.size(); ++i, ++lane) sums[lane] += values[i] * centre_[i];
  return std::accumulate(sums, sums + kLanes, 0.0);
}

}  // namespace nestor
