#include "engine/int8_tier.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "engine/kernels/int8_codec.h"
#include "engine/score_error.h"
#include "engine/vector_math.h"
#include "storage/check.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr float kLeastSquare = 1e-30f;  // sums of squares below it have lost something
constexpr size_t kScoredAtOnce = 1024;  // rows whose norms are on the stack

enum PartOfRow : size_t { kCodes, kScales, kNorms };  // the fourth: residuals

}  // namespace

Int8Tier::Int8Tier(Metric metric, size_t dims, size_t expected_rows)
    : metric_(metric),
      dims_(dims),
      codes_(kernels::PaddedDims(dims), expected_rows),
      scales_(kernels::BlockCount(dims), expected_rows) {
  norms_.reserve(expected_rows);
  residuals_.reserve(expected_rows);
}

void Int8Tier::Append(const float* vector) {
  std::vector<float> row(dims_);
  const double norm = metric_ == Metric::kCosine ? Norm(vector, dims_) : 1.0;
  Scale(vector, dims_, norm, row.data());
  int8_t* codes = codes_.Append();
  float* scales = scales_.Append();
  residuals_.push_back(kernels::EncodeBlockInt8(row.data(), dims_, codes, scales));
  kernels::DecodeBlockInt8(codes, scales, dims_, row.data());
  norms_.push_back(static_cast<float>(Norm(row.data(), dims_)));
}

bool Int8Tier::AppendFrom(const RerankTier& other, uint32_t row) {
  const auto& from = static_cast<const Int8Tier&>(other);
  NESTOR_CHECK(from.codes_.stride() == codes_.stride() && from.metric_ == metric_);
  norms_.push_back(from.norms_[row]);
  residuals_.push_back(from.residuals_[row]);
  char* const codes = reinterpret_cast<char*>(codes_.Append());
  char* const scales = reinterpret_cast<char*>(scales_.Append());
  return from.CopyPart(kCodes, row, codes) && from.CopyPart(kScales, row, scales);
}

bool Int8Tier::Decode(uint32_t row, size_t dims, float* out) const {
  return ReadRows(mapped(),
                  [&] { kernels::DecodeBlockInt8(codes_.Row(row), scales_.Row(row), dims, out); });
}

std::vector<RerankTier::Part> Int8Tier::Parts() const {
  return {{SegmentSection::kTierInt8, codes_.row_bytes()},
          {SegmentSection::kTierScales, scales_.row_bytes()},
          {SegmentSection::kTierNorms, sizeof(float)},
          {SegmentSection::kTierResiduals, sizeof(float)}};
}

bool Int8Tier::CopyPart(size_t part, uint32_t row, char* out) const {
  return ReadRows(mapped(), [&] {
    switch (part) {
      case kCodes:
        std::memcpy(out, codes_.Row(row), codes_.row_bytes());
        break;
      case kScales:
        std::memcpy(out, scales_.Row(row), scales_.row_bytes());
        break;
      case kNorms:
        std::memcpy(out, &norms_[row], sizeof(float));
        break;
      default:
        std::memcpy(out, &residuals_[row], sizeof(float));
    }
  });
}

absl::Status Int8Tier::Open(size_t rows, const SectionReader& reader, SectionCheck check) {
  NESTOR_RETURN_IF_ERROR(codes_.Open(SegmentSection::kTierInt8, rows, reader, check,
                                     [](size_t, auto) { return absl::OkStatus(); }));
  const auto check_scales = [&](size_t row, absl::Span<const float> scales) {
    NESTOR_RETURN_IF_ERROR(reader.CheckUpTo(SegmentSection::kTierScales, scales, kMaxCodedNorm));
    // A block has no component beyond 127 scales.
    return reader.CheckNorm(SegmentSection::kTierScales, row,
                            127 * Norm(scales.data(), scales.size()));
  };
  NESTOR_RETURN_IF_ERROR(
      scales_.Open(SegmentSection::kTierScales, rows, reader, check, check_scales));
  NESTOR_RETURN_IF_ERROR(reader.ReadUpTo(SegmentSection::kTierNorms, rows, kMaxCodedNorm, &norms_));
  return reader.ReadUpTo(SegmentSection::kTierResiduals, rows, kMaxCodedNorm, &residuals_);
}

absl::Status Int8Tier::Check() const {
  NESTOR_RETURN_IF_ERROR(codes_.Check());
  return scales_.Check();
}

void Int8Tier::Dot(const FullQuery& query, absl::Span<const uint32_t> rows, size_t dims,
                   float* dots, float* norms2) const {
  const kernels::BlockInt8Rows all = {codes_.data(), codes_.stride(), scales_.data(),
                                      scales_.stride()};
  ScoreRows(mapped(), rows, dots, [&](absl::Span<const uint32_t> some, size_t first) {
    kernels::Kernels().dot_block_int8(query.prepared().view(), all, {some.data(), some.size()},
                                      dims, dots + first,
                                      norms2 == nullptr ? nullptr : norms2 + first);
  });
}

void Int8Tier::Score(const FullQuery& query, absl::Span<const uint32_t> rows, size_t dims,
                     float* scores) const {
  if (metric_ == Metric::kDot) {
    Dot(query, rows, dims, scores, nullptr);
    for (size_t i = 0; i < rows.size(); ++i) {
      if (!std::isfinite(scores[i])) scores[i] = kUnreadableScore;
    }
    return;
  }
  const double query_norm = query.PrefixNorm(dims);
  float norms2[kScoredAtOnce];
  for (size_t begin = 0; begin < rows.size(); begin += kScoredAtOnce) {
    const absl::Span<const uint32_t> some = rows.subspan(begin, kScoredAtOnce);
    Dot(query, some, dims, scores + begin, norms2);
    for (size_t i = 0; i < some.size(); ++i) {
      float& score = scores[begin + i];
      // So does a row that has changed since it was looked at.
      score = std::isfinite(score) ? FromDot(score, query_norm, norms2[i]) : kUnreadableScore;
      if (!std::isfinite(score)) score = kUnreadableScore;
    }
  }
}

float Int8Tier::FromDot(double dot, double query_norm, double norm2) const {
  if (metric_ == Metric::kL2) {
    return static_cast<float>(-std::sqrt(std::max(0.0, query_norm * query_norm + norm2 - 2 * dot)));
  }
  const double norms = query_norm * std::sqrt(norm2);
  return norms > 0 ? static_cast<float>(dot / norms) : 0.0f;
}

void Int8Tier::DotDeviations(const FullQuery& query, absl::Span<const uint32_t> rows,
                             float* deviations) const {
  const absl::Span<const float> shares = query.block_shares();
  ScoreRows(mapped(), rows, deviations, [&](absl::Span<const uint32_t> some, size_t first) {
    kernels::Kernels().weighted_squares(shares.data(), {scales_.data(), scales_.stride()},
                                        {some.data(), some.size()}, shares.size(),
                                        deviations + first);
  });
  // The query's error has a direction that rows know nothing of: at worst it is all in one block.
  const double of_query = query.prepared().error() / std::sqrt(double{kernels::kBlockDims});
  for (size_t i = 0; i < rows.size(); ++i) {
    // The values of a block are off by anything up to half of its scale.
    double of_row = query.norm() * std::sqrt(double{deviations[i]} / 12);
    // What is so small is not right.
    if (deviations[i] < kLeastSquare) of_row = query.norm() * residuals_[rows[i]];
    const double from_query = of_query * norms_[rows[i]];
    deviations[i] = static_cast<float>(std::sqrt(of_row * of_row + from_query * from_query));
  }
}

void Int8Tier::ScoreWithError(const FullQuery& query, absl::Span<const uint32_t> rows,
                              ErrorBound bound, float* scores, float* errors) const {
  for (const uint32_t row : rows) {  // they come while rows are scored
    __builtin_prefetch(&norms_[row]);
    __builtin_prefetch(&residuals_[row]);
  }
  Dot(query, rows, dims_, scores, nullptr);
  const bool likely = bound == ErrorBound::kLikely && metric_ != Metric::kL2;
  if (likely) DotDeviations(query, rows, errors);
  const double rounding = DotRounding(dims_);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!std::isfinite(scores[i]) || (likely && !std::isfinite(errors[i]))) {
      scores[i] = kUnreadableScore;
      errors[i] = kUnreadableError;
      continue;
    }
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
      double error = kernel_error + query.norm() * residual;
      if (likely) {
        error = std::min(
            error, kLikelyDeviations * errors[i] + LikelyDotRounding(dims_) * query.norm() * norm);
      }
      bounded = BoundDot(scores[i], error);
    }
    scores[i] = bounded.score;
    errors[i] = bounded.error;
  }
}

size_t Int8Tier::RowBytes(size_t dims) const {
  return kernels::PaddedDims(dims) + kernels::BlockCount(dims) * sizeof(float);
}

size_t Int8Tier::MemoryBytes() const {
  return codes_.MemoryBytes() + scales_.MemoryBytes() +
         (norms_.capacity() + residuals_.capacity()) * sizeof(float);
}

}  // namespace nestor
