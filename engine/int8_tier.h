#ifndef NESTOR_ENGINE_INT8_TIER_H_
#define NESTOR_ENGINE_INT8_TIER_H_

#include <cstring>
#include <vector>

#include "engine/kernels/kernel_table.h"
#include "engine/rerank_tier.h"
#include "engine/score_error.h"
#include "engine/tier_array.h"

namespace nestor {

// int8 with one scale for each block of 64 dims. Rows are normalised before coding for cosine. All
// of a row is in one place, for rows come from anywhere, and the way to a place in memory takes
// longer than what is read there:
//
//   norm:f32 | residual:f32 | coherence:f32 | scales:f32 x blocks | zeros to a line | codes
//
// The norm is that of the decoded row, the residual that of (row - decoded row), rounded up. By the
// coherence, at least 1, errors of rough scores may be larger than those of values that know
// nothing of each other. Of long rows the codes behind the first quarter are split
// (kernels::BlockInt8Rows), so that most rows of a shortlist are read by two thirds: most of a
// Matryoshka vector is in that quarter, and errors would be largest there.
class Int8Tier : public RerankTier {
 public:
  Int8Tier(Metric metric, size_t dims, size_t expected_rows);

  void Append(const float* vector) override;
  bool AppendFrom(const RerankTier& other, uint32_t row) override;
  bool Decode(uint32_t row, size_t dims, float* out) const override;
  void Score(const FullQuery& query, absl::Span<const uint32_t> rows, size_t dims,
             float* scores) const override;
  void ScoreWithError(const FullQuery& query, absl::Span<const uint32_t> rows, ErrorBound bound,
                      float* scores, float* errors) const override;
  void ScoreRoughly(const FullQuery& query, absl::Span<const uint32_t> rows, float* scores,
                    float* errors) const override;
  std::vector<Part> Parts() const override;
  bool CopyPart(size_t part, uint32_t row, char* out) const override;
  absl::Status Open(size_t rows, const SectionReader& reader, SectionCheck check) override;
  bool ReadAhead(uint32_t first, size_t count) const override {
    return rows_.ReadAhead(first, count);
  }
  absl::Status Check() const override { return rows_.Check(); }
  size_t size() const override { return rows_.size(); }
  size_t RowBytes(size_t dims) const override;
  size_t RoughRowBytes() const override;
  size_t MemoryBytes() const override { return rows_.MemoryBytes(); }
  size_t MappedBytes() const override { return rows_.MappedBytes(); }

 private:
  enum class Reading { kWhole, kRough };
  // What a row says of itself.
  struct Terms {
    float norm;
    float residual;
    float coherence;
  };

  Terms TermsOf(const int8_t* row) const {
    Terms terms;
    std::memcpy(&terms, row, sizeof(terms));
    return terms;
  }
  const float* ScalesOf(const int8_t* row) const {
    return reinterpret_cast<const float*>(row + sizeof(Terms));
  }
  const int8_t* CodesOf(const int8_t* row) const { return row + head_bytes_; }
  kernels::BlockInt8Rows AllRows() const;

  // Dot products with the decoded rows at full length, or what the first halves say of them, and
  // the terms of the rows; where `squares` is not null, the squares of the standard deviations of
  // what is not known of the values of the rows, as parts of the query's norm. No number as the dot
  // product of a row that cannot be read.
  void Read(const FullQuery& query, absl::Span<const uint32_t> rows, Reading reading, float* dots,
            Terms* terms, float* squares) const;
  // The score of a row whose dot product is that, give or take dot_error, of a query of that norm.
  BoundedScore Bound(double dot, double dot_error, double query_norm, const Terms& terms) const;
  // Of a row before and after coding.
  float RoughCoherence(absl::Span<const float> row, absl::Span<const int8_t> codes,
                       absl::Span<const float> scales) const;
  // The score of a row whose dot product with the query is that, for cosine and l2.
  float FromDot(double dot, double query_norm, double norm2) const;

  Metric metric_;
  size_t dims_;
  size_t head_bytes_;  // of a row, before its codes
  size_t split_blocks_;
  TierArray<int8_t> rows_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_INT8_TIER_H_
