#ifndef NESTOR_ENGINE_INT8_TIER_H_
#define NESTOR_ENGINE_INT8_TIER_H_

#include "engine/aligned_buffer.h"
#include "engine/kernels/kernel_table.h"
#include "engine/rerank_tier.h"

namespace nestor {

// int8 with one scale for each block of 64 dims. Rows are normalised before coding for cosine.
class Int8Tier : public RerankTier {
 public:
  Int8Tier(Metric metric, size_t dims, size_t expected_rows);

  void Append(const float* vector) override;
  void AppendFrom(const RerankTier& other, uint32_t row) override;
  void Decode(uint32_t row, size_t dims, float* out) const override;
  void Score(const FullQuery& query, absl::Span<const uint32_t> rows, size_t dims,
             float* scores) const override;
  void ScoreWithError(const FullQuery& query, absl::Span<const uint32_t> rows, float* scores,
                      float* errors) const override;
  void AddSections(SectionList* sections) const override;
  absl::Status ReadSections(size_t rows, const SectionReader& reader) override;
  size_t size() const override { return residuals_.size(); }
  size_t RowBytes(size_t dims) const override;
  size_t MemoryBytes() const override;

 private:
  kernels::BlockInt8Rows Rows() const {
    return {codes_.data(), code_stride_, scales_.data(), scale_stride_};
  }

  Metric metric_;
  size_t dims_;
  size_t code_stride_;
  size_t scale_stride_;
  AlignedVector<int8_t> codes_;
  AlignedVector<float> scales_;
  std::vector<float> norms_;      // of the decoded row
  std::vector<float> residuals_;  // norm of (row - decoded row), rounded up
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_INT8_TIER_H_
