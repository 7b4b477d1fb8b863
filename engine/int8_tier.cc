#include "engine/int8_tier.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "engine/kernels/int8_codec.h"
#include "engine/limits.h"
#include "engine/score_error.h"
#include "engine/vector_math.h"
#include "storage/check.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr float kMostCoherent = 1e6;    // more than errors can add up to
constexpr float kLeastSquare = 1e-30f;  // sums of squares below it have lost something
constexpr size_t kScoredAtOnce = 1024;  // rows whose terms are on the stack

constexpr size_t kHeadMultiple = 64;  // so that no block of codes is in two lines of the cache
size_t HeadBytes(size_t term_bytes, size_t dims) {
  const size_t bytes = term_bytes + kernels::BlockCount(dims) * sizeof(float);
  return (bytes + kHeadMultiple - 1) / kHeadMultiple * kHeadMultiple;
}

constexpr size_t kLeastSaved = 256;  // bytes of a row: less is not worth a second look at some rows
size_t SplitBlockCount(size_t dims) {
  const size_t blocks = kernels::BlockCount(dims) - kernels::BlockCount(dims / 4);
  return blocks * kernels::kHalfBlockBytes < kLeastSaved ? 0 : blocks;
}

// How many times larger than numbers without a direction would have it a row's errors may be in the
// direction of the row itself, or of vectors that are positive everywhere: 1 if they are not. Where
// values have few sizes, as counts have, errors may all be the same. `errors` are those of values
// whose block has a step of `steps`, of which each is off by anything up to a half.
double Coherence(absl::Span<const float> values, absl::Span<const float> errors,
                 absl::Span<const float> steps) {
  constexpr double kUsual = 3;  // standard deviations that one row in 400 exceeds
  double along = 0, along_square = 0, sum = 0, sum_square = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double step = steps[i / kernels::kBlockDims];
    along += double{errors[i]} * values[i];
    along_square += step * step * values[i] * values[i] / 12;
    sum += errors[i];
    sum_square += step * step / 12;
  }
  const auto ratio = [](double error, double square) {
    return square > 0 ? std::abs(error) / std::sqrt(square) / kUsual : 0;
  };
  return std::max({1.0, ratio(along, along_square), ratio(sum, sum_square)});
}

// The standard deviation of the error of a dot product: that of the row, of which `square` is the
// square as a part of the query's norm, and the query's, which has a direction that rows know
// nothing of: at worst it is all in one block.
double DotDeviation(double query_norm, double square, double query_error, double row_norm) {
  const double of_query = query_error / std::sqrt(double{kernels::kBlockDims}) * row_norm;
  return std::sqrt(query_norm * query_norm * square + of_query * of_query);
}

// The variance of a code that is off by anything up to half a step, for a scale of 1.
constexpr float kCodeVariance = 1.0F / 12;
constexpr float kHalfVariance = float{kernels::kUpperStep} * kernels::kUpperStep / 12;

}  // namespace

Int8Tier::Int8Tier(Metric metric, size_t dims, size_t expected_rows)
    : metric_(metric),
      dims_(dims),
      head_bytes_(HeadBytes(sizeof(Terms), dims)),
      split_blocks_(SplitBlockCount(dims)),
      rows_(head_bytes_ + kernels::PaddedDims(dims), expected_rows) {}

void Int8Tier::Append(const float* vector) {
  std::vector<float> row(dims_);
  std::vector<float> scales(kernels::BlockCount(dims_));
  std::vector<int8_t> codes(kernels::PaddedDims(dims_));
  const double norm = metric_ == Metric::kCosine ? Norm(vector, dims_) : 1.0;
  Scale(vector, dims_, norm, row.data());
  Terms terms;
  terms.residual =
      kernels::EncodeBlockInt8(row.data(), dims_, split_blocks_, codes.data(), scales.data());
  terms.coherence = RoughCoherence(row, codes, scales);
  kernels::DecodeBlockInt8(codes.data(), scales.data(), dims_, row.data());
  terms.norm = static_cast<float>(Norm(row.data(), dims_));
  int8_t* const stored = rows_.Append();
  std::memcpy(stored, &terms, sizeof(terms));
  std::memcpy(stored + sizeof(terms), scales.data(), scales.size() * sizeof(float));
  kernels::SplitBlocks(codes.data(), scales.size(), split_blocks_, stored + head_bytes_);
}

float Int8Tier::RoughCoherence(absl::Span<const float> row, absl::Span<const int8_t> codes,
                               absl::Span<const float> scales) const {
  const size_t begin = (scales.size() - split_blocks_) * kernels::kBlockDims;
  if (begin >= row.size()) return 1;
  const absl::Span<const float> values = row.subspan(begin);
  std::vector<float> errors(values.size());
  std::vector<float> steps(split_blocks_);
  for (size_t block = 0; block < split_blocks_; ++block) {
    steps[block] = scales[scales.size() - split_blocks_ + block] * kernels::kUpperStep;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const float scale = scales[(begin + i) / kernels::kBlockDims];
    errors[i] = values[i] - scale * static_cast<float>(kernels::RoughCode(codes[begin + i]));
  }
  return static_cast<float>(std::min(Coherence(values, errors, steps), double{kMostCoherent}));
}

bool Int8Tier::AppendFrom(const RerankTier& other, uint32_t row) {
  const auto& from = static_cast<const Int8Tier&>(other);
  NESTOR_CHECK(from.dims_ == dims_ && from.metric_ == metric_);
  return from.CopyPart(0, row, reinterpret_cast<char*>(rows_.Append()));
}

bool Int8Tier::Decode(uint32_t row, size_t dims, float* out) const {
  int8_t codes[kernels::PaddedDims(kMaxDims)];
  return ReadRows(rows_.mapped(), [&] {
    const int8_t* const stored = rows_.Row(row);
    kernels::JoinBlocks(CodesOf(stored), kernels::BlockCount(dims_), split_blocks_,
                        kernels::BlockCount(dims), codes);
    kernels::DecodeBlockInt8(codes, ScalesOf(stored), dims, out);
  });
}

std::vector<RerankTier::Part> Int8Tier::Parts() const {
  return {{SegmentSection::kTierInt8, rows_.row_bytes()}};
}

bool Int8Tier::CopyPart(size_t, uint32_t row, char* out) const {
  return ReadRows(rows_.mapped(), [&] { std::memcpy(out, rows_.Row(row), rows_.row_bytes()); });
}

absl::Status Int8Tier::Open(size_t rows, const SectionReader& reader, SectionCheck check) {
  const size_t blocks = kernels::BlockCount(dims_);
  const auto check_head = [&](size_t row, absl::Span<const int8_t> stored) {
    const absl::Span<const float> scales(ScalesOf(stored.data()), blocks);
    const Terms terms = TermsOf(stored.data());
    for (const absl::Span<const float> numbers :
         {absl::Span<const float>(&terms.norm, 1), absl::Span<const float>(&terms.residual, 1),
          scales}) {
      NESTOR_RETURN_IF_ERROR(reader.CheckUpTo(SegmentSection::kTierInt8, numbers, kMaxCodedNorm));
    }
    NESTOR_RETURN_IF_ERROR(
        reader.CheckUpTo(SegmentSection::kTierInt8, {&terms.coherence, 1}, kMostCoherent));
    // A block has no component beyond 127 scales.
    return reader.CheckNorm(SegmentSection::kTierInt8, row, 127 * Norm(scales.data(), blocks));
  };
  return rows_.Open(SegmentSection::kTierInt8, rows, reader, check, check_head);
}

kernels::BlockInt8Rows Int8Tier::AllRows() const {
  return {.codes = CodesOf(rows_.data()),
          .code_stride = rows_.row_bytes(),
          .scales = ScalesOf(rows_.data()),
          .scale_stride = rows_.row_bytes() / sizeof(float),
          .blocks = kernels::BlockCount(dims_),
          .split_blocks = split_blocks_};
}

void Int8Tier::Score(const FullQuery& query, absl::Span<const uint32_t> rows, size_t dims,
                     float* scores) const {
  const bool normed = metric_ != Metric::kDot;
  const double query_norm = normed ? query.PrefixNorm(dims) : 0;
  float norms2[kScoredAtOnce];
  for (size_t begin = 0; begin < rows.size(); begin += kScoredAtOnce) {
    const absl::Span<const uint32_t> batch = rows.subspan(begin, kScoredAtOnce);
    ScoreRows(rows_.mapped(), batch, scores + begin,
              [&](absl::Span<const uint32_t> some, size_t first) {
                kernels::Kernels().dot_block_int8(
                    query.prepared().view(), AllRows(), {some.data(), some.size()}, dims,
                    scores + begin + first, normed ? norms2 + first : nullptr);
              });
    for (size_t i = 0; i < batch.size(); ++i) {
      float& score = scores[begin + i];
      if (normed && std::isfinite(score)) score = FromDot(score, query_norm, norms2[i]);
      // So does a row that has changed since it was looked at.
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

void Int8Tier::Read(const FullQuery& query, absl::Span<const uint32_t> rows, Reading reading,
                    float* dots, Terms* terms, float* squares) const {
  const kernels::KernelTable& kernels = kernels::Kernels();
  const kernels::BlockInt8Rows all = AllRows();
  const size_t blocks = all.blocks;
  float weights[kernels::BlockCount(kMaxDims)];
  if (squares != nullptr) {
    const size_t whole = reading == Reading::kWhole ? blocks : blocks - split_blocks_;
    for (size_t block = 0; block < blocks; ++block) {
      weights[block] =
          query.block_shares()[block] * (block < whole ? kCodeVariance : kHalfVariance);
    }
  }
  ScoreRows(rows_.mapped(), rows, dots, [&](absl::Span<const uint32_t> some, size_t first) {
    const kernels::RowList list = {some.data(), some.size()};
    if (reading == Reading::kWhole) {
      kernels.dot_block_int8(query.prepared().view(), all, list, dims_, dots + first, nullptr);
    } else {
      kernels.dot_block_int8_rough(query.prepared().view(), all, list, dims_, dots + first);
    }
    if (squares != nullptr) {
      kernels.weighted_squares(weights, {all.scales, all.scale_stride}, list, blocks,
                               squares + first);
    }
    for (size_t i = 0; i < some.size(); ++i) terms[first + i] = TermsOf(rows_.Row(some[i]));
  });
}

BoundedScore Int8Tier::Bound(double dot, double dot_error, double query_norm,
                             const Terms& terms) const {
  // What could not be read, or has changed since it was looked at.
  if (!std::isfinite(dot + dot_error + terms.norm + terms.residual) || dot_error < 0 ||
      terms.residual < 0) {
    return {kUnreadableScore, kUnreadableError};
  }
  if (metric_ != Metric::kL2) return BoundDot(dot, dot_error);
  const double norm = terms.norm;
  const double squares = query_norm * query_norm + norm * norm;
  // Norms are float32, and products of tiny values underflow.
  const double squares_error =
      4 * std::numeric_limits<float>::epsilon() * squares + std::numeric_limits<float>::min();
  return BoundL2(squares - 2 * dot, 2 * dot_error + squares_error, terms.residual);
}

void Int8Tier::ScoreWithError(const FullQuery& query, absl::Span<const uint32_t> rows,
                              ErrorBound bound, float* scores, float* errors) const {
  const bool likely = bound == ErrorBound::kLikely && metric_ != Metric::kL2;
  const double rounding = DotRounding(dims_);
  const double query_error = query.prepared().error();
  Terms all_terms[kScoredAtOnce];
  for (size_t begin = 0; begin < rows.size(); begin += kScoredAtOnce) {
    const absl::Span<const uint32_t> batch = rows.subspan(begin, kScoredAtOnce);
    Read(query, batch, Reading::kWhole, scores + begin, all_terms,
         likely ? errors + begin : nullptr);
    for (size_t i = 0; i < batch.size(); ++i) {
      float& score = scores[begin + i];
      float& error = errors[begin + i];
      const Terms& terms = all_terms[i];
      const double norms = query.norm() * terms.norm;
      // What the kernel's dot product may differ from the one with the decoded row.
      double dot_error = query_error * terms.norm + rounding * norms;
      // l2 has the residual in its distance.
      if (metric_ != Metric::kL2) dot_error += query.norm() * terms.residual;
      // Sums that are so small are not right.
      if (likely && error >= kLeastSquare) {
        const double deviation = DotDeviation(query.norm(), error, query_error, terms.norm);
        dot_error =
            std::min(dot_error, kLikelyDeviations * deviation + LikelyDotRounding(dims_) * norms);
      }
      const BoundedScore bounded = Bound(score, dot_error, query.norm(), terms);
      score = bounded.score;
      error = bounded.error;
    }
  }
}

void Int8Tier::ScoreRoughly(const FullQuery& query, absl::Span<const uint32_t> rows, float* scores,
                            float* errors) const {
  const double query_error =
      query.prepared().rough_error(kernels::BlockCount(dims_) - split_blocks_);
  Terms all_terms[kScoredAtOnce];
  for (size_t begin = 0; begin < rows.size(); begin += kScoredAtOnce) {
    const absl::Span<const uint32_t> batch = rows.subspan(begin, kScoredAtOnce);
    Read(query, batch, Reading::kRough, scores + begin, all_terms, errors + begin);
    for (size_t i = 0; i < batch.size(); ++i) {
      float& score = scores[begin + i];
      float& error = errors[begin + i];
      const Terms& terms = all_terms[i];
      const double norms = query.norm() * terms.norm;
      // No product is larger than that of the norms, and so nothing is farther from what was found.
      double dot_error = std::abs(score) + norms + query.norm() * terms.residual;
      if (error >= kLeastSquare) {
        const double of_row =
            query.norm() * std::sqrt(double{error}) * std::max(1.0F, terms.coherence);
        // What is not read of the query may have any direction: it counts in full.
        const double of_query = query_error * (terms.norm + terms.residual);
        dot_error = std::min(
            dot_error, kLikelyDeviations * of_row + of_query + LikelyDotRounding(dims_) * norms);
      }
      const BoundedScore bounded = Bound(score, dot_error, query.norm(), terms);
      score = bounded.score;
      error = bounded.error;
    }
  }
}

size_t Int8Tier::RowBytes(size_t dims) const {
  return kernels::PaddedDims(dims) + kernels::BlockCount(dims) * sizeof(float) + sizeof(Terms);
}

size_t Int8Tier::RoughRowBytes() const {
  return split_blocks_ == 0 ? 0 : RowBytes(dims_) - split_blocks_ * kernels::kHalfBlockBytes;
}

}  // namespace nestor
