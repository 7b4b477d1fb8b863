#ifndef NESTOR_ENGINE_PREFIX_READER_H_
#define NESTOR_ENGINE_PREFIX_READER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/basis.h"
#include "engine/metric.h"
#include "engine/rerank_tier.h"

namespace nestor {

// Reads the first `dims` dims of kept vectors in float32, or coordinates in a basis, renormalised
// for cosine: what graphs and lists are built from, and codes chosen by.
//
// Thread safety: thread-safe.
class PrefixReader {
 public:
  // `vectors` and `basis` must outlive this. REQUIRES: the basis, unless it is null, has at
  // least as many axes.
  PrefixReader(const KeptVectors& vectors, Metric metric, size_t dims, const Basis* basis = nullptr)
      : vectors_(vectors), metric_(metric), dims_(dims), basis_(basis) {}

  Metric metric() const { return metric_; }
  size_t dims() const { return dims_; }
  size_t rows() const { return vectors_.size(); }

  // out[0..dims): zeros if the vector cannot be read.
  void Read(size_t row, float* out) const;
  // `count` rows, evenly spread: they arrive in the user's order, which the first ones would
  // inherit. All of them if there are no more. Row-major.
  std::vector<float> Sample(size_t count) const;

 private:
  const KeptVectors& vectors_;
  const Metric metric_;
  const size_t dims_;
  const Basis* const basis_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_PREFIX_READER_H_
