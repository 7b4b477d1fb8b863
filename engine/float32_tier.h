#ifndef NESTOR_ENGINE_FLOAT32_TIER_H_
#define NESTOR_ENGINE_FLOAT32_TIER_H_

#include <vector>

#include "engine/rerank_tier.h"
#include "engine/tier_array.h"

namespace nestor {

// The vectors themselves. Rows are normalised for cosine. The only error is rounding.
class Float32Tier : public RerankTier {
 public:
  Float32Tier(Metric metric, size_t dims, size_t expected_rows);

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
    return values_.ReadAhead(first, count);
  }
  absl::Status Check() const override { return values_.Check(); }
  size_t size() const override { return norms_.size(); }
  size_t RowBytes(size_t dims) const override { return dims * sizeof(float); }
  size_t MemoryBytes() const override {
    return values_.MemoryBytes() + norms_.capacity() * sizeof(float);
  }
  size_t MappedBytes() const override { return values_.MappedBytes(); }

 private:
  // Dot products, or squared distances for l2; no numbers for rows that cannot be read.
  void Compare(const FullQuery& query, absl::Span<const uint32_t> rows, size_t dims,
               float* out) const;
  // The squared norm of the first dims of a normalised row; no number if it cannot be read.
  double PrefixNorm2(uint32_t row, size_t dims) const;

  Metric metric_;
  size_t dims_;
  TierArray<float> values_;
  std::vector<float> norms_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_FLOAT32_TIER_H_
