#include "engine/float32_tier.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "engine/kernels/kernel_table.h"
#include "engine/score_error.h"
#include "engine/vector_math.h"
#include "storage/check.h"
#include "storage/status_macros.h"

namespace nestor {

Float32Tier::Float32Tier(Metric metric, size_t dims, size_t expected_rows)
    : metric_(metric), dims_(dims), values_(dims, expected_rows) {
  norms_.reserve(expected_rows);
}

void Float32Tier::Append(const float* vector) {
  const double norm = Norm(vector, dims_);
  Scale(vector, dims_, metric_ == Metric::kCosine ? norm : 1.0, values_.Append());
  norms_.push_back(metric_ == Metric::kCosine ? 1.0f : static_cast<float>(norm));
}

bool Float32Tier::AppendFrom(const RerankTier& other, uint32_t row) {
  const auto& from = static_cast<const Float32Tier&>(other);
  NESTOR_CHECK(from.dims_ == dims_ && from.metric_ == metric_);
  norms_.push_back(from.norms_[row]);
  return from.Decode(row, dims_, values_.Append());
}

bool Float32Tier::Decode(uint32_t row, size_t dims, float* out) const {
  return ReadRows(values_.mapped(),
                  [&] { std::memcpy(out, values_.Row(row), dims * sizeof(float)); });
}

std::vector<RerankTier::Part> Float32Tier::Parts() const {
  return {{SegmentSection::kTierFloat32, values_.row_bytes()},
          {SegmentSection::kTierNorms, sizeof(float)}};
}

bool Float32Tier::CopyPart(size_t part, uint32_t row, char* out) const {
  if (part == 0) {
    return ReadRows(values_.mapped(),
                    [&] { std::memcpy(out, values_.Row(row), values_.row_bytes()); });
  }
  std::memcpy(out, &norms_[row], sizeof(float));
  return true;
}

absl::Status Float32Tier::Open(size_t rows, const SectionReader& reader, SectionCheck check) {
  const auto check_row = [&](size_t row, absl::Span<const float> values) {
    return reader.CheckNorm(SegmentSection::kTierFloat32, row, Norm(values.data(), values.size()));
  };
  NESTOR_RETURN_IF_ERROR(
      values_.Open(SegmentSection::kTierFloat32, rows, reader, check, check_row));
  return reader.ReadUpTo(SegmentSection::kTierNorms, rows, kMaxCodedNorm, &norms_);
}

void Float32Tier::Compare(const FullQuery& query, absl::Span<const uint32_t> rows, size_t dims,
                          float* out) const {
  const kernels::KernelTable& kernels = kernels::Kernels();
  const auto compare = metric_ == Metric::kL2 ? kernels.l2_f32 : kernels.dot_f32;
  ScoreRows(values_.mapped(), rows, out, [&](absl::Span<const uint32_t> some, size_t first) {
    compare(query.values(), {values_.data(), dims_}, {some.data(), some.size()}, dims, out + first);
  });
}

double Float32Tier::PrefixNorm2(uint32_t row, size_t dims) const {
  if (dims == dims_) return 1;
  double norm2 = std::numeric_limits<double>::quiet_NaN();
  (void)ReadRows(values_.mapped(), [&] {
    norm2 = kernels::Kernels().dot_f32_pair(values_.Row(row), values_.Row(row), dims);
  });
  return norm2;
}

void Float32Tier::Score(const FullQuery& query, absl::Span<const uint32_t> rows, size_t dims,
                        float* scores) const {
  Compare(query, rows, dims, scores);
  const double query_norm = metric_ == Metric::kCosine ? query.PrefixNorm(dims) : 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (metric_ == Metric::kL2) {
      scores[i] = -std::sqrt(scores[i]);
    } else if (metric_ == Metric::kCosine) {
      const double norms = query_norm * std::sqrt(PrefixNorm2(rows[i], dims));
      scores[i] = norms == 0 ? 0.0f : static_cast<float>(scores[i] / norms);
    }
    if (!std::isfinite(scores[i])) scores[i] = kUnreadableScore;
  }
}

void Float32Tier::ScoreWithError(const FullQuery& query, absl::Span<const uint32_t> rows,
                                 ErrorBound bound, float* scores, float* errors) const {
  const double rounding =
      bound == ErrorBound::kLikely ? LikelyDotRounding(dims_) : DotRounding(dims_);
  Compare(query, rows, dims_, scores);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!std::isfinite(scores[i])) {
      scores[i] = kUnreadableScore;
      errors[i] = kUnreadableError;
      continue;
    }
    const BoundedScore bounded =
        metric_ == Metric::kL2
            ? BoundL2(scores[i], 2 * rounding * scores[i] + std::numeric_limits<float>::min(), 0)
            : BoundDot(scores[i], rounding * query.norm() * norms_[rows[i]]);
    scores[i] = bounded.score;
    errors[i] = bounded.error;
  }
}

}  // namespace nestor
