#ifndef NESTOR_ENGINE_FLOAT32_TIER_H_
#define NESTOR_ENGINE_FLOAT32_TIER_H_

#include "engine/aligned_buffer.h"
#include "engine/kernels/kernel_table.h"
#include "engine/rerank_tier.h"

namespace nestor {

// The vectors themselves. Rows are normalised for cosine. The only error is rounding.
class Float32Tier : public RerankTier {
 public:
  Float32Tier(Metric metric, size_t dims, size_t expected_rows);

  void Append(const float* vector) override;
  void AppendFrom(const RerankTier& other, uint32_t row) override;
  void Decode(uint32_t row, size_t dims, float* out) const override;
  void Score(const FullQuery& query, absl::Span<const uint32_t> rows, size_t dims,
             float* scores) const override;
  void ScoreWithError(const FullQuery& query, absl::Span<const uint32_t> rows, float* scores,
                      float* errors) const override;
  void AddSections(SectionList* sections) const override;
  absl::Status ReadSections(size_t rows, const SectionReader& reader) override;
  size_t size() const override { return norms_.size(); }
  size_t RowBytes(size_t dims) const override { return dims * sizeof(float); }
  size_t MemoryBytes() const override {
    return (values_.capacity() + norms_.capacity()) * sizeof(float);
  }

 private:
  const float* Row(uint32_t row) const { return values_.data() + row * dims_; }

  Metric metric_;
  size_t dims_;
  AlignedVector<float> values_;
  std::vector<float> norms_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_FLOAT32_TIER_H_
