#ifndef NESTOR_ENGINE_PREFIX_CODES_H_
#define NESTOR_ENGINE_PREFIX_CODES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/aligned_buffer.h"
#include "engine/kernels/kernel_table.h"
#include "engine/prefix_coder.h"
#include "engine/prefix_query.h"
#include "engine/segment_sections.h"

namespace nestor {

// The prefix codes of the rows of one segment, by local row.
//
// Thread safety: immutable once built; Append* are for one builder.
class PrefixCodes {
 public:
  explicit PrefixCodes(std::shared_ptr<const PrefixCoder> coder);

  void Reserve(size_t rows);
  // Codes vector[0..coder.vector_dims()). False if the prefix is zero although the metric needs a
  // direction (cosine): no shortlist will find the row.
  bool Append(const float* vector);
  // Copies the code of `other`'s row. REQUIRES: an equal coder.
  void AppendFrom(const PrefixCodes& other, uint32_t row);
  // Once they are all there: see engine/huge_pages.h.
  void MoveToHugePages() const;

  // As views into this.
  void AddSections(SectionList* sections) const;
  // Of `rows` rows of `vector_dims` from there; see engine/segment_file.h.
  static absl::StatusOr<PrefixCodes> Read(const PrefixCodeFormat& format, size_t vector_dims,
                                          size_t rows, const SectionReader& reader);

  // out[i] = score of the query and rows[i]. REQUIRES: the query is of an equal coder.
  void Score(const PrefixQuery& query, absl::Span<const uint32_t> rows, float* out) const;
  // out[i] = score of the query and row first + i.
  void ScoreRange(const PrefixQuery& query, uint32_t first, size_t count, float* out) const;

  const PrefixCoder& coder() const { return *coder_; }
  const std::shared_ptr<const PrefixCoder>& shared_coder() const { return coder_; }
  const PrefixCodeFormat& format() const { return coder_->format(); }
  size_t size() const { return size_; }
  size_t row_bytes() const { return stride_ * (codes_.empty() ? sizeof(float) : sizeof(uint8_t)); }
  size_t MemoryBytes() const;

 private:
  // Of prefix_, whose squared norm was that before it was renormalised.
  void AppendPacked(double norm2);
  void ScoreList(const PrefixQuery& query, size_t first, kernels::RowList list, float* out) const;

  std::shared_ptr<const PrefixCoder> coder_;
  size_t stride_;  // elements of one row in codes_ or floats_
  size_t size_ = 0;
  // Packed: kernels::PackedRows. For l2 scores are -|q - x|^2 + |q|^2 = 2 q . x - |x|^2, so
  // factors are twice those of the dot product and |x|^2 is part of the offset.
  AlignedVector<uint8_t> codes_;
  AlignedVector<float> floats_;  // 32 bits
  std::vector<float> norms2_;    // 32 bits, l2: |x|^2
  std::vector<float> prefix_;    // of the row that is being coded
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_PREFIX_CODES_H_
