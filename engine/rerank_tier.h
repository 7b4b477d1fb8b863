#ifndef NESTOR_ENGINE_RERANK_TIER_H_
#define NESTOR_ENGINE_RERANK_TIER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <vector>

#include "absl/types/span.h"
#include "engine/candidate.h"
#include "engine/collection_spec.h"
#include "engine/kernels/int8_query.h"
#include "engine/metric.h"
#include "engine/segment_sections.h"

namespace nestor {

// A query at full length, prepared once for all the tiers and deltas of a search.
class FullQuery {
 public:
  // Of vector[0..dims), which must outlive it. For cosine it is normalised. What it owns is in
  // `memory`.
  FullQuery(Metric metric, const float* vector, size_t dims,
            std::pmr::memory_resource* memory = std::pmr::get_default_resource());

  Metric metric() const { return metric_; }
  size_t dims() const { return values_.size(); }
  const float* values() const { return values_.data(); }  // normalised for cosine
  const float* raw() const { return raw_; }               // as it was given
  const kernels::PreparedQuery& prepared() const { return prepared_; }
  double norm() const { return norm_; }  // of values()
  // Of each block of kernels::kBlockDims: its share in the square of norm().
  absl::Span<const float> block_shares() const { return block_shares_; }
  // Norm of the first `dims` of values(). REQUIRES: dims is the full length or a multiple of
  // kernels::kBlockDims.
  double PrefixNorm(size_t dims) const;

 private:
  Metric metric_;
  const float* raw_;
  std::pmr::vector<float> values_;
  std::pmr::vector<double> block_squares_;  // of values_: see KernelTable::block_squares
  double norm_;
  std::pmr::vector<float> block_shares_;
  kernels::PreparedQuery prepared_;
};

// What is known of the error of a score.
enum class ErrorBound {
  kCertain,  // it is never larger
  // It is larger in one row of about 100,000: what rounding a vector to a code leaves over has no
  // direction of its own, so that its product with a query is a sum of many small terms that cancel
  // (Hoeffding's inequality for terms that are uniform, at 5 standard deviations). For l2 and int8
  // the same as kCertain, but of rough scores.
  kLikely
};

// Vectors at full length as they are kept, perhaps in a file. Thread-safe.
class KeptVectors {
 public:
  virtual ~KeptVectors() = default;
  virtual size_t size() const = 0;
  // out[0..dims) = the first dims of a row. Rows are normalised for cosine. False if it cannot be
  // read.
  [[nodiscard]] virtual bool Decode(uint32_t row, size_t dims, float* out) const = 0;
};

// Full-dimension vectors of the rows of one segment, compressed or not: what the reranker reads. A
// score over the first m dims reads the leading m dims of a row only, which is what Matryoshka
// vectors are for. They are in memory, or in the segment's file (engine/tier_array.h): a row that
// cannot be read scores kUnreadableScore.
//
// Thread safety: immutable once built; Append* are for one builder.
class RerankTier : public KeptVectors {
 public:
  // One array of them as a section of the segment's file.
  struct Part {
    SegmentSection section;
    size_t row_bytes;
  };

  // Adds vector[0..dims) as the next local row.
  virtual void Append(const float* vector) = 0;
  // Adds a copy of `other`'s row; false if it cannot be read. REQUIRES: other is of the same kind,
  // metric and dims.
  [[nodiscard]] virtual bool AppendFrom(const RerankTier& other, uint32_t row) = 0;

  // scores[i] = score of the query and rows[i] over the first `dims` dims, both renormalised over
  // these for cosine. A zero prefix scores 0. REQUIRES: dims is the full length or a multiple of
  // kernels::kBlockDims.
  virtual void Score(const FullQuery& query, absl::Span<const uint32_t> rows, size_t dims,
                     float* scores) const = 0;

  // The same at full length, with errors[i] such that the exact score is in scores[i] +- errors[i],
  // as far as `bound` says.
  virtual void ScoreWithError(const FullQuery& query, absl::Span<const uint32_t> rows,
                              ErrorBound bound, float* scores, float* errors) const = 0;

  // The same, as kLikely has it, with larger errors, for two thirds of what is read: if
  // RoughRowBytes() is not 0.
  virtual void ScoreRoughly(const FullQuery& query, absl::Span<const uint32_t> rows, float* scores,
                            float* errors) const {
    ScoreWithError(query, rows, ErrorBound::kLikely, scores, errors);
  }

  // Says that `count` rows from `first` on, or as many as there are, will be scored soon: those
  // that are not in memory need not come from the disk page by page. False if they are.
  virtual bool ReadAhead(uint32_t first, size_t count) const = 0;

  virtual std::vector<Part> Parts() const = 0;
  // Copies what Parts()[part] has of a row; false if it cannot be read.
  [[nodiscard]] virtual bool CopyPart(size_t part, uint32_t row, char* out) const = 0;
  // The rows of a file with these parts. The large ones stay there, if it can be mapped. REQUIRES:
  // this is empty.
  virtual absl::Status Open(size_t rows, const SectionReader& reader, SectionCheck check) = 0;

  // Reads what is in a file once more: DataLossError if it has changed, UnavailableError.
  virtual absl::Status Check() const = 0;

  virtual size_t RowBytes(size_t dims) const = 0;  // read by a score over `dims` dims
  // By a rough score, at full length; 0: the tier has none.
  virtual size_t RoughRowBytes() const { return 0; }
  virtual size_t MemoryBytes() const = 0;
  virtual size_t MappedBytes() const = 0;
};

std::unique_ptr<RerankTier> NewRerankTier(TierKind kind, Metric metric, size_t dims,
                                          size_t expected_rows);

}  // namespace nestor

#endif  // NESTOR_ENGINE_RERANK_TIER_H_
