#include "engine/int8_tier.h"

#include <cmath>
#include <limits>

#include "engine/kernels/int8_codec.h"
#include "engine/score_error.h"
#include "engine/vector_math.h"
#include "storage/check.h"
#include "storage/status_macros.h"

namespace nestor {

Int8Tier::Int8Tier(Metric metric, size_t dims, size_t expected_rows)
    : metric_(metric),
      dims_(dims),
      code_stride_(kernels::PaddedDims(dims)),
      scale_stride_(kernels::BlockCount(dims)) {
  codes_.reserve(expected_rows * code_stride_);
  scales_.reserve(expected_rows * scale_stride_);
  norms_.reserve(expected_rows);
  residuals_.reserve(expected_rows);
}

void Int8Tier::Append(const float* vector) {
  std::vector<float> row(dims_);
  const double norm = metric_ == Metric::kCosine ? Norm(vector, dims_) : 1.0;
  Scale(vector, dims_, norm, row.data());
  codes_.resize(codes_.size() + code_stride_);
  scales_.resize(scales_.size() + scale_stride_);
  int8_t* codes = codes_.data() + codes_.size() - code_stride_;
  float* scales = scales_.data() + scales_.size() - scale_stride_;
  residuals_.push_back(kernels::EncodeBlockInt8(row.data(), dims_, codes, scales));
  kernels::DecodeBlockInt8(codes, scales, dims_, row.data());
  norms_.push_back(static_cast<float>(Norm(row.data(), dims_)));
}

void Int8Tier::AppendFrom(const RerankTier& other, uint32_t row) {
  const auto& from = static_cast<const Int8Tier&>(other);
  NESTOR_CHECK(from.code_stride_ == code_stride_ && from.metric_ == metric_);
  const int8_t* codes = from.codes_.data() + row * code_stride_;
  const float* scales = from.scales_.data() + row * scale_stride_;
  codes_.insert(codes_.end(), codes, codes + code_stride_);
  scales_.insert(scales_.end(), scales, scales + scale_stride_);
  norms_.push_back(from.norms_[row]);
  residuals_.push_back(from.residuals_[row]);
}

void Int8Tier::Decode(uint32_t row, size_t dims, float* out) const {
  kernels::DecodeBlockInt8(codes_.data() + row * code_stride_, scales_.data() + row * scale_stride_,
                           dims, out);
}

void Int8Tier::AddSections(SectionList* sections) const {
  sections->Add(SegmentSection::kTierInt8, codes_);
  sections->Add(SegmentSection::kTierScales, scales_);
  sections->Add(SegmentSection::kTierNorms, norms_);
  sections->Add(SegmentSection::kTierResiduals, residuals_);
}

absl::Status Int8Tier::ReadSections(size_t rows, const SectionReader& reader) {
  NESTOR_RETURN_IF_ERROR(reader.Read(SegmentSection::kTierInt8, rows * code_stride_, &codes_));
  // A block has no component beyond 127 scales.
  NESTOR_RETURN_IF_ERROR(
      reader.ReadUpTo(SegmentSection::kTierScales, rows * scale_stride_, kMaxCodedNorm, &scales_));
  for (size_t row = 0; row < rows; ++row) {
    const double norm = 127 * Norm(scales_.data() + row * scale_stride_, scale_stride_);
    NESTOR_RETURN_IF_ERROR(reader.CheckNorm(SegmentSection::kTierScales, row, norm));
  }
  NESTOR_RETURN_IF_ERROR(reader.ReadUpTo(SegmentSection::kTierNorms, rows, kMaxCodedNorm, &norms_));
  return reader.ReadUpTo(SegmentSection::kTierResiduals, rows, kMaxCodedNorm, &residuals_);
}

void Int8Tier::Score(const FullQuery& query, absl::Span<const uint32_t> rows, size_t dims,
                     float* scores) const {
  const kernels::KernelTable& kernels = kernels::Kernels();
  if (metric_ == Metric::kDot) {
    kernels.dot_block_int8(query.prepared().view(), Rows(), {rows.data(), rows.size()}, dims,
                           scores, nullptr);
    return;
  }
  std::vector<float> norms2(rows.size());
  kernels.dot_block_int8(query.prepared().view(), Rows(), {rows.data(), rows.size()}, dims, scores,
                         norms2.data());
  const double query_norm = query.PrefixNorm(dims);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (metric_ == Metric::kL2) {
      scores[i] = static_cast<float>(
          -std::sqrt(std::max(0.0, query_norm * query_norm + norms2[i] - 2.0 * scores[i])));
    } else {
      const double norms = query_norm * std::sqrt(double{norms2[i]});
      scores[i] = norms > 0 ? static_cast<float>(scores[i] / norms) : 0.0f;
    }
  }
}

void Int8Tier::ScoreWithError(const FullQuery& query, absl::Span<const uint32_t> rows,
                              float* scores, float* errors) const {
  kernels::Kernels().dot_block_int8(query.prepared().view(), Rows(), {rows.data(), rows.size()},
                                    dims_, scores, nullptr);
  const double rounding = DotRounding(dims_);
  for (size_t i = 0; i < rows.size(); ++i) {
    const double norm = norms_[rows[i]];
    const double residual = residuals_[rows[i]];
    // What the kernel's dot product may differ from the one with the decoded row.
    const double kernel_error = query.prepared().error() * norm + rounding * query.norm() * norm;
    BoundedScore bounded;
    if (metric_ == Metric::kL2) {
      const double squares = query.norm() * query.norm() + norm * norm;
      // norms_ are float32, and products of tiny values underflow.
      const double squares_error =
          4 * std::numeric_limits<float>::epsilon() * squares + std::numeric_limits<float>::min();
      bounded = BoundL2(squares - 2.0 * scores[i], 2 * kernel_error + squares_error, residual);
    } else {
      bounded = BoundDot(scores[i], kernel_error + query.norm() * residual);
    }
    scores[i] = bounded.score;
    errors[i] = bounded.error;
  }
}

size_t Int8Tier::RowBytes(size_t dims) const {
  return kernels::PaddedDims(dims) + kernels::BlockCount(dims) * sizeof(float);
}

size_t Int8Tier::MemoryBytes() const {
  return codes_.capacity() +
         (scales_.capacity() + norms_.capacity() + residuals_.capacity()) * sizeof(float);
}

}  // namespace nestor
