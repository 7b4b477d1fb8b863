#ifndef NESTOR_ENGINE_DELTA_H_
#define NESTOR_ENGINE_DELTA_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/metric.h"
#include "engine/payload.h"
#include "engine/payload_schema.h"
#include "engine/rerank_tier.h"
#include "storage/types.h"

namespace nestor {

// The newest rows of a collection, full vectors, scanned exactly. Grows up to a fixed capacity;
// rows are consecutive, so a row's place follows from its number.
//
// Thread safety: one writer appends; a reader looks only at the rows below the length that its view
// published, which are immutable.
class Delta {
 public:
  // Sized so that scanning it takes a few milliseconds at most, whatever the dims.
  static size_t CapacityFor(size_t dims);

  Delta(Metric metric, size_t dims, Row first_row, size_t capacity,
        std::shared_ptr<const PayloadSchema> schema);

  // Adds row first_row() + size(), made by write `sequence`; `vector` is float32 as stored, `dims`
  // of them; `values` are those of the fields of schema(), in its order. REQUIRES: not full().
  // Writer only.
  void Append(Sequence sequence, absl::string_view vector, std::vector<FieldValues> values);
  size_t size() const { return size_; }  // writer only
  size_t capacity() const { return capacity_; }
  // No further row fits, or the field values take more than kMaxValueBytes. Writer only.
  bool full() const { return size_ == capacity_ || value_bytes_ > kMaxValueBytes; }

  Row first_row() const { return first_row_; }
  Row RowAt(uint32_t local) const { return Row{ToNumber(first_row_) + local}; }
  Sequence SequenceAt(uint32_t local) const { return sequences_[local]; }
  const float* Vector(uint32_t local) const { return values_.get() + local * dims_; }
  // The fields whose values are kept here, so that filters need not read payloads.
  const PayloadSchema& schema() const { return *schema_; }
  const FieldValues& Values(uint32_t local, size_t field) const { return fields_[local][field]; }

  // As RerankTier::ScoreWithError.
  void ScoreWithError(const FullQuery& query, absl::Span<const uint32_t> rows, float* scores,
                      float* errors) const;

 private:
  static constexpr size_t kMaxValueBytes = size_t{64} << 20;

  Metric metric_;
  size_t dims_;
  Row first_row_;
  size_t capacity_;
  size_t size_ = 0;
  size_t value_bytes_ = 0;
  std::unique_ptr<float[]> values_;  // as the user sent them
  std::unique_ptr<float[]> norms_;
  std::unique_ptr<Sequence[]> sequences_;
  const std::shared_ptr<const PayloadSchema> schema_;
  std::unique_ptr<std::vector<FieldValues>[]> fields_;  // by row, then in the order of the schema
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_DELTA_H_
