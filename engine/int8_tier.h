#ifndef NESTOR_ENGINE_INT8_TIER_H_
#define NESTOR_ENGINE_INT8_TIER_H_

#include <vector>

#include "engine/rerank_tier.h"
#include "engine/tier_array.h"

namespace nestor {

// int8 with one scale for each block of 64 dims. Rows are normalised before coding for cosine.
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
  std::vector<Part> Parts() const override;
  bool CopyPart(size_t part, uint32_t row, char* out) const override;
  absl::Status Open(size_t rows, const SectionReader& reader, SectionCheck check) override;
  bool ReadAhead(uint32_t first, size_t count) const override {
    const bool codes = codes_.ReadAhead(first, count);
    return scales_.ReadAhead(first, count) || codes;
  }
  absl::Status Check() const override;
  size_t size() const override { return residuals_.size(); }
  size_t RowBytes(size_t dims) const override;
  size_t MemoryBytes() const override;
  size_t MappedBytes() const override { return codes_.MappedBytes() + scales_.MappedBytes(); }

 private:
  bool mapped() const { return codes_.mapped() || scales_.mapped(); }
  // Dot products with the decoded rows, and with `norms2` their squared norms over the same dims.
  // No numbers for rows that cannot be read.
  void Dot(const FullQuery& query, absl::Span<const uint32_t> rows, size_t dims, float* dots,
           float* norms2) const;
  // The standard deviation of the error of each row's dot product: that of rounding its values to
  // codes, and the query's. No number for a row that cannot be read.
  void DotDeviations(const FullQuery& query, absl::Span<const uint32_t> rows,
                     float* deviations) const;
  // The score of a row whose dot product with the query is that, for cosine and l2.
  float FromDot(double dot, double query_norm, double norm2) const;

  Metric metric_;
  size_t dims_;
  TierArray<int8_t> codes_;
  TierArray<float> scales_;
  std::vector<float> norms_;      // of the decoded row
  std::vector<float> residuals_;  // norm of (row - decoded row), rounded up
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_INT8_TIER_H_
