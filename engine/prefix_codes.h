#ifndef NESTOR_ENGINE_PREFIX_CODES_H_
#define NESTOR_ENGINE_PREFIX_CODES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/aligned_buffer.h"
#include "engine/kernels/int8_query.h"
#include "engine/kernels/kernel_table.h"
#include "engine/metric.h"
#include "engine/segment_sections.h"

namespace nestor {

// What the shortlist sees of a vector: its first `dims` dims, renormalised for cosine, `bits` for
// each dim.
struct PrefixCodeFormat {
  Metric metric = Metric::kCosine;
  uint32_t dims = 0;
  uint32_t bits = 8;  // 8: int8 and one scale a row; 32: float32
};

// A query's prefix, prepared once for all the codes of a search. Scores of one PrefixQuery are
// comparable across segments of the same format; they order rows and are never returned to anyone.
class PrefixQuery {
 public:
  // Reads vector[0..format.dims).
  PrefixQuery(const PrefixCodeFormat& format, const float* vector);

  const PrefixCodeFormat& format() const { return format_; }
  // True if the prefix orders nothing: zero, and the metric is an inner product.
  bool blind() const { return blind_; }
  const float* values() const { return values_.data(); }  // renormalised for cosine
  const kernels::PreparedQuery& prepared() const {
    return *prepared_;
  }  // REQUIRES: format().bits == 8

 private:
  PrefixCodeFormat format_;
  bool blind_ = false;
  std::vector<float> values_;
  std::optional<kernels::PreparedQuery> prepared_;
};

// The prefix codes of the rows of one segment, by local row.
//
// Thread safety: immutable once built; Append* are for one builder.
class PrefixCodes {
 public:
  explicit PrefixCodes(const PrefixCodeFormat& format);

  void Reserve(size_t rows);
  // Codes vector[0..format.dims). False if the prefix is zero although the metric needs a direction
  // (cosine): the code is zeros and no shortlist will find the row.
  bool Append(const float* vector);
  // Copies the code of `other`'s row. REQUIRES: the same format.
  void AppendFrom(const PrefixCodes& other, uint32_t row);

  // As views into this.
  void AddSections(SectionList* sections) const;
  // `rows` rows from there; see engine/segment_file.h.
  static absl::StatusOr<PrefixCodes> Read(const PrefixCodeFormat& format, size_t rows,
                                          const SectionReader& reader);

  // out[i] = score of the query and rows[i].
  void Score(const PrefixQuery& query, absl::Span<const uint32_t> rows, float* out) const;
  // out[i] = score of the query and row first + i.
  void ScoreRange(const PrefixQuery& query, uint32_t first, size_t count, float* out) const;
  // out[0..dims) = what the code means.
  void Decode(uint32_t row, float* out) const;

  const PrefixCodeFormat& format() const { return format_; }
  size_t size() const { return size_; }
  size_t MemoryBytes() const;

 private:
  void ScoreList(const PrefixQuery& query, size_t first, kernels::RowList list, float* out) const;

  PrefixCodeFormat format_;
  size_t stride_;  // elements of one row in codes_ or floats_
  size_t size_ = 0;
  AlignedVector<int8_t> codes_;  // bits 8
  std::vector<float> scales_;    // bits 8
  AlignedVector<float> floats_;  // bits 32
  std::vector<float> norms2_;    // l2: squared norm of the decoded prefix
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_PREFIX_CODES_H_
