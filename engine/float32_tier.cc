#include "engine/float32_tier.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/score_error.h"
#include "engine/vector_math.h"
#include "storage/check.h"
#include "storage/status_macros.h"

namespace nestor {

Float32Tier::Float32Tier(Metric metric, size_t dims, size_t expected_rows)
    : metric_(metric), dims_(dims) {
  values_.reserve(expected_rows * dims);
  norms_.reserve(expected_rows);
}

void Float32Tier::Append(const float* vector) {
  const double norm = Norm(vector, dims_);
  values_.resize(values_.size() + dims_);
  Scale(vector, dims_, metric_ == Metric::kCosine ? norm : 1.0,
        values_.data() + values_.size() - dims_);
  norms_.push_back(metric_ == Metric::kCosine ? 1.0f : static_cast<float>(norm));
}

void Float32Tier::AppendFrom(const RerankTier& other, uint32_t row) {
  const auto& from = static_cast<const Float32Tier&>(other);
  NESTOR_CHECK(from.dims_ == dims_ && from.metric_ == metric_);
  values_.insert(values_.end(), from.Row(row), from.Row(row) + dims_);
  norms_.push_back(from.norms_[row]);
}

void Float32Tier::Decode(uint32_t row, size_t dims, float* out) const {
  std::copy(Row(row), Row(row) + dims, out);
}

void Float32Tier::AddSections(SectionList* sections) const {
  sections->Add(SegmentSection::kTierFloat32, values_);
  sections->Add(SegmentSection::kTierNorms, norms_);
}

absl::Status Float32Tier::ReadSections(size_t rows, const SectionReader& reader) {
  NESTOR_RETURN_IF_ERROR(reader.ReadVectors(SegmentSection::kTierFloat32, rows, dims_, &values_));
  return reader.ReadUpTo(SegmentSection::kTierNorms, rows, kMaxCodedNorm, &norms_);
}

void Float32Tier::Score(const FullQuery& query, absl::Span<const uint32_t> rows, size_t dims,
                        float* scores) const {
  const kernels::KernelTable& kernels = kernels::Kernels();
  const kernels::RowList list{rows.data(), rows.size()};
  if (metric_ == Metric::kL2) {
    kernels.l2_f32(query.values(), {values_.data(), dims_}, list, dims, scores);
    for (size_t i = 0; i < rows.size(); ++i) scores[i] = -std::sqrt(scores[i]);
    return;
  }
  kernels.dot_f32(query.values(), {values_.data(), dims_}, list, dims, scores);
  if (metric_ == Metric::kDot) return;
  const double query_norm = query.PrefixNorm(dims);
  for (size_t i = 0; i < rows.size(); ++i) {
    const double norm2 =
        dims == dims_ ? 1.0 : kernels.dot_f32_pair(Row(rows[i]), Row(rows[i]), dims);
    const double norms = query_norm * std::sqrt(norm2);
    scores[i] = norms > 0 ? static_cast<float>(scores[i] / norms) : 0.0f;
  }
}

void Float32Tier::ScoreWithError(const FullQuery& query, absl::Span<const uint32_t> rows,
                                 float* scores, float* errors) const {
  const kernels::KernelTable& kernels = kernels::Kernels();
  const kernels::RowList list{rows.data(), rows.size()};
  const double rounding = DotRounding(dims_);
  if (metric_ == Metric::kL2) {
    kernels.l2_f32(query.values(), {values_.data(), dims_}, list, dims_, scores);
  } else {
    kernels.dot_f32(query.values(), {values_.data(), dims_}, list, dims_, scores);
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    const BoundedScore bounded =
        metric_ == Metric::kL2
            ? BoundL2(scores[i], 2 * rounding * scores[i] + std::numeric_limits<float>::min(), 0)
            : BoundDot(scores[i], rounding * query.norm() * norms_[rows[i]]);
    scores[i] = bounded.score;
    errors[i] = bounded.error;
  }
}

}  // namespace nestor
