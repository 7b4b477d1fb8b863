#include "engine/delta.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "engine/kernels/kernel_table.h"
#include "engine/score_error.h"
#include "engine/vector_math.h"
#include "storage/check.h"

namespace nestor {
namespace {

// Below this float32 products underflow and say nothing about a direction.
constexpr double kMinNormForBound = 1e-25;

constexpr size_t kMaxDeltaRows = 16384;
constexpr size_t kMinDeltaRows = 1024;
constexpr size_t kMaxDeltaBytes = size_t{32} << 20;

size_t BytesOf(const FieldValues& values) {
  size_t bytes = values.scalars.capacity() * sizeof(Scalar);
  for (const Scalar& scalar : values.scalars) {
    if (const auto* text = std::get_if<std::string>(&scalar)) bytes += text->capacity();
  }
  return bytes;
}

}  // namespace

size_t Delta::CapacityFor(size_t dims) {
  return std::clamp(kMaxDeltaBytes / (dims * sizeof(float)), kMinDeltaRows, kMaxDeltaRows);
}

// The buffers are left untouched: memory that no row uses yet costs address space only.
Delta::Delta(Metric metric, size_t dims, Row first_row, size_t capacity,
             std::shared_ptr<const PayloadSchema> schema)
    : metric_(metric),
      dims_(dims),
      first_row_(first_row),
      capacity_(capacity),
      values_(std::make_unique_for_overwrite<float[]>(capacity * dims)),
      norms_(std::make_unique_for_overwrite<float[]>(capacity)),
      sequences_(std::make_unique_for_overwrite<Sequence[]>(capacity)),
      schema_(std::move(schema)),
      fields_(schema_->empty() ? nullptr : std::make_unique<std::vector<FieldValues>[]>(capacity)) {
}

void Delta::Append(Sequence sequence, absl::string_view vector, std::vector<FieldValues> values) {
  NESTOR_CHECK(!full() && vector.size() == dims_ * sizeof(float));
  NESTOR_CHECK(values.size() == schema_->size());
  for (const FieldValues& field : values) value_bytes_ += BytesOf(field);
  if (!values.empty()) fields_[size_] = std::move(values);
  float* row = values_.get() + size_ * dims_;
  std::memcpy(row, vector.data(), vector.size());
  norms_[size_] = static_cast<float>(Norm(row, dims_));
  sequences_[size_] = sequence;
  ++size_;
}

void Delta::ScoreWithError(const FullQuery& query, absl::Span<const uint32_t> rows, float* scores,
                           float* errors) const {
  const kernels::KernelTable& kernels = kernels::Kernels();
  const double rounding = DotRounding(dims_);
  const auto kernel = metric_ == Metric::kL2 ? kernels.l2_f32 : kernels.dot_f32;
  kernel(query.values(), {values_.get(), dims_}, {rows.data(), rows.size()}, dims_, scores);
  for (size_t i = 0; i < rows.size(); ++i) {
    const double norm = norms_[rows[i]];
    BoundedScore bounded;
    if (metric_ == Metric::kL2) {
      bounded = BoundL2(scores[i], 2 * rounding * scores[i] + std::numeric_limits<float>::min(), 0);
    } else if (metric_ == Metric::kDot) {
      bounded = BoundDot(scores[i], rounding * query.norm() * norm);
    } else if (norm < kMinNormForBound) {
      bounded = BoundDot(0, 1);  // a cosine is anything: the exact stage decides
    } else {
      bounded = BoundDot(scores[i] / norm, 2 * rounding * query.norm());
    }
    scores[i] = bounded.score;
    errors[i] = bounded.error;
  }
}

}  // namespace nestor
