#ifndef NESTOR_ENGINE_TIER_ARRAY_H_
#define NESTOR_ENGINE_TIER_ARRAY_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/aligned_buffer.h"
#include "engine/segment_sections.h"
#include "storage/section_file.h"
#include "storage/status_macros.h"

namespace nestor {

// One array of a rerank tier, `stride` values for each row: in memory while a segment has no file,
// and then in that file, mapped, so that it may be larger than memory. What is mapped was right
// when it was opened, but its disk may fail: it is read through ReadRows.
//
// Thread safety: immutable once built; Append is for one builder.
template <typename T>
class TierArray {
 public:
  TierArray(size_t stride, size_t expected_rows) : stride_(stride) {
    values_.reserve(expected_rows * stride);
  }

  // The next row, of zeros. REQUIRES: it is in memory.
  T* Append() {
    values_.resize(values_.size() + stride_);
    return values_.data() + values_.size() - stride_;
  }
  // The rows of a section. They are looked at with check_row(row, values) if `check`, which returns
  // a status; errors are these and SectionReader's.
  template <typename CheckRow>
  absl::Status Open(SegmentSection id, size_t rows, const SectionReader& reader, SectionCheck check,
                    CheckRow check_row) {
    NESTOR_RETURN_IF_ERROR(reader.CheckCount<T>(id, rows * stride_));
    if (check == SectionCheck::kContent) {
      NESTOR_RETURN_IF_ERROR(reader.CheckRows<T>(id, stride_, check_row));
    }
    NESTOR_ASSIGN_OR_RETURN(SectionFile file, reader.OpenSection(id));
    if (file.mapped() == nullptr) return reader.Read(id, rows * stride_, &values_);
    file_ = std::move(file);
    return absl::OkStatus();
  }

  // Asks for some rows to be in memory soon. False if they are.
  bool ReadAhead(size_t first, size_t count) const {
    return mapped() && file_->ReadAhead(first * row_bytes(), count * row_bytes());
  }
  // Reads it all once more, if it is mapped. Errors are SectionFile's.
  absl::Status Check() const { return mapped() ? file_->Check() : absl::OkStatus(); }

  const T* data() const {
    return mapped() ? reinterpret_cast<const T*>(file_->mapped()) : values_.data();
  }
  const T* Row(uint32_t row) const { return data() + row * stride_; }
  size_t size() const {  // in rows
    return mapped() ? file_->bytes() / row_bytes() : values_.size() / stride_;
  }
  size_t row_bytes() const { return stride_ * sizeof(T); }
  bool mapped() const { return file_.has_value(); }
  size_t MemoryBytes() const { return values_.capacity() * sizeof(T); }
  size_t MappedBytes() const { return mapped() ? file_->bytes() : 0; }

 private:
  size_t stride_;
  AlignedVector<T> values_;
  std::optional<SectionFile> file_;
};

// Calls `read`, which reads rows of a tier. False if they are mapped and their disk failed: see
// ReadMapped.
template <typename Read>
[[nodiscard]] bool ReadRows(bool mapped, Read read) {
  if (mapped) return ReadMapped(read);
  read();
  return true;
}

// The same for a list of rows: score(rows, i) sets scores[i] and what else there is of rows[0] and
// so on for those behind it. If one cannot be read, it is only that one that has no score: NaN.
template <typename Score>
void ScoreRows(bool mapped, absl::Span<const uint32_t> rows, float* scores, Score score) {
  if (ReadRows(mapped, [&] { score(rows, 0); })) return;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (ReadRows(mapped, [&] { score(rows.subspan(i, 1), i); })) continue;
    scores[i] = std::numeric_limits<float>::quiet_NaN();
  }
}

}  // namespace nestor

#endif  // NESTOR_ENGINE_TIER_ARRAY_H_
