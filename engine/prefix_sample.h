#ifndef NESTOR_ENGINE_PREFIX_SAMPLE_H_
#define NESTOR_ENGINE_PREFIX_SAMPLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "engine/prefix_coder.h"
#include "engine/rerank_tier.h"

namespace nestor {

// Some of the vectors of a segment, and the true neighbours of a few of them: what prefix codes are
// judged by. Neighbours are looked up among up to kMostJudged vectors, since those among a few are
// further away, and other dims tell them apart. To rank them by a code, the ones nearest to a query
// are coded, and of the others a sample, each of which counts for as many as it stands for.
//
// Thread safety: immutable.
class PrefixSample {
 public:
  static constexpr size_t kMostJudged = size_t{1} << 17;

  // A sample of `rows` of them, evenly spread, or all if there are fewer, judged by `queries`: by
  // as many of those that users have `asked`, if there are so many, and otherwise by rows of the
  // sample. REQUIRES: there is a vector.
  PrefixSample(const KeptVectors& vectors, Metric metric, size_t dims, size_t rows, size_t queries,
               absl::Span<const std::vector<float>> asked = {});

  // A coder of this format, in this basis if it is a learnt one, with the mean of the sample as its
  // centre.
  std::shared_ptr<const PrefixCoder> MakeCoder(const PrefixCodeFormat& format,
                                               std::shared_ptr<const Basis> basis = nullptr) const;

  // The share of the 10 nearest rows at full length, the query itself left out, that a shortlist of
  // 30 of judged_rows() by the codes of this coder has. From 0 to 1.
  double Kept(const std::shared_ptr<const PrefixCoder>& coder) const;

  // The same by as many dims chosen by chance instead of the first ones. REQUIRES: 32 bits.
  double KeptByChance(const std::shared_ptr<const PrefixCoder>& coder) const;

  size_t judged_rows() const { return judged_rows_; }
  size_t queries() const { return nearest_.size(); }
  bool by_asked() const { return queries() > 0 && queries_.empty(); }
  // Which of the vectors the queries are, ascending; none if they were asked.
  std::vector<uint32_t> query_rows() const;

  // The mean squared distance of the rows' prefixes from the coder's centre: what its codes have to
  // say.
  double Spread(const PrefixCoder& coder) const;

 private:
  // A row and its score at full length.
  struct Near {
    float score;
    uint32_t row;  // of all vectors
  };

  void FindNearest(const KeptVectors& vectors, Metric metric);
  // Codes vector[0..dims) with its dims in this order; empty: as they are.
  double KeptOf(const std::vector<uint32_t>& order,
                const std::shared_ptr<const PrefixCoder>& coder) const;
  const float* Vector(size_t row) const { return vectors_.data() + row * dims_; }
  const float* Query(size_t query) const { return query_vectors_.data() + query * dims_; }
  // Which of all vectors a row of the sample is, as PrefixReader::Sample takes them.
  uint32_t RowOf(size_t row) const { return static_cast<uint32_t>(row * all_rows_ / rows_); }

  size_t dims_;
  size_t all_rows_;
  size_t rows_;
  size_t judged_rows_;
  std::vector<float> vectors_;              // rows_ x dims_
  std::vector<uint32_t> queries_;           // rows of the sample, unless they were asked
  std::vector<float> query_vectors_;        // queries() x dims_
  std::vector<std::vector<Near>> nearest_;  // by query, best first
  std::vector<std::vector<uint32_t>>
      looked_at_;                          // by query: rows of the sample among these, and itself
  std::unique_ptr<RerankTier> near_rows_;  // these, one behind the other
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_PREFIX_SAMPLE_H_
