#ifndef NESTOR_ENGINE_PREFIX_SAMPLE_H_
#define NESTOR_ENGINE_PREFIX_SAMPLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/prefix_coder.h"
#include "engine/rerank_tier.h"

namespace nestor {

// Some of the vectors of a segment, and the true neighbours among them of a few of them: what
// prefix codes are judged by.
//
// Thread safety: immutable.
class PrefixSample {
 public:
  // `rows` of them, `queries` of these with neighbours, both evenly spread and fewer if there are
  // not as many. REQUIRES: there is a vector.
  PrefixSample(const KeptVectors& vectors, Metric metric, size_t dims, size_t rows, size_t queries);

  // A coder of this format, in this basis if it is a learnt one, with the mean of the sample as its
  // centre.
  std::shared_ptr<const PrefixCoder> MakeCoder(const PrefixCodeFormat& format,
                                               std::shared_ptr<const Basis> basis = nullptr) const;

  // The share of the 10 nearest rows at full length, the query itself left out, that a shortlist of
  // 30 by the codes of this coder has. From 0 to 1.
  double Kept(const std::shared_ptr<const PrefixCoder>& coder) const;

  // The same by as many dims chosen by chance instead of the first ones. REQUIRES: 32 bits.
  double KeptByChance(const std::shared_ptr<const PrefixCoder>& coder) const;

  size_t rows() const { return rows_; }
  size_t queries() const { return queries_.size(); }
  // Which of the vectors the queries are, ascending.
  const std::vector<uint32_t>& query_rows() const { return query_rows_; }

  // The mean squared distance of the rows' prefixes from the coder's centre: what its codes have to
  // say.
  double Spread(const PrefixCoder& coder) const;

 private:
  double KeptOf(const std::vector<float>& vectors,
                const std::shared_ptr<const PrefixCoder>& coder) const;
  const float* Vector(size_t row) const { return vectors_.data() + row * dims_; }

  size_t dims_;
  size_t rows_;
  std::vector<float> vectors_;  // rows_ x dims_
  std::vector<uint32_t> queries_;
  std::vector<uint32_t> query_rows_;
  std::vector<std::vector<uint32_t>> nearest_;  // by query: rows
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_PREFIX_SAMPLE_H_
