#include "engine/prefix_query.h"

#include <algorithm>
#include <cmath>

namespace nestor {

PrefixQuery::PrefixQuery(const PrefixCoder& coder, const float* vector,
                         std::pmr::memory_resource* memory)
    : format_(coder.format()), values_(format_.dims, memory) {
  const double norm = coder.TakePrefix(vector, values_.data(), memory);
  blind_ = norm == 0 && format_.metric != Metric::kL2;
  norm_ = static_cast<float>(norm);
  if (!coder.packed()) return;
  std::pmr::vector<float> turned(values_, memory);
  coder.Turn(turned.data());
  double offset = coder.DotCentre(values_.data()) - coder.centre_norm2();
  if (format_.metric == Metric::kL2) offset *= 2;  // as the rows' factors are
  packed_.emplace(turned.data(), format_.dims, static_cast<int>(format_.bits),
                  static_cast<float>(offset), memory);
}

float PrefixQuery::Spread(float score) const {
  switch (format_.metric) {
    case Metric::kCosine:
      return std::sqrt(std::max(0.0f, 1 - score * score));
    case Metric::kL2:  // scores are |query|^2 less the squared distance
      return std::sqrt(std::max(0.0f, norm_ * norm_ - score));
    case Metric::kDot:
      break;
  }
  return norm_;
}

}  // namespace nestor
