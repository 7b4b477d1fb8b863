#ifndef NESTOR_ENGINE_INT8_PREFIXES_H_
#define NESTOR_ENGINE_INT8_PREFIXES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "engine/aligned_buffer.h"
#include "engine/metric.h"
#include "engine/prefix_reader.h"

namespace nestor {

// Prefixes in int8, with one scale and a piece of memory of whole cache lines for each: what graphs
// are built from, and lists found by. A neighbour by these is one by float32, but it comes from
// memory in a quarter of the time.
//
// Thread safety: different rows may be set at the same time; then immutable.
class Int8Prefixes {
 public:
  // What rows are scored against, and memory for it. One for each thread.
  struct Query {
    AlignedVector<int8_t> codes;
    float scale = 0;
    float norm2 = 0;
    std::vector<int32_t> dots;
  };

  // Rows of zeros.
  Int8Prefixes(Metric metric, size_t dims, size_t size);

  size_t size() const { return size_; }
  size_t row_bytes() const { return bytes_; }
  // prefix[0..dims): the prefix of a row as PrefixReader gives it.
  void Set(uint32_t row, const float* prefix);

  // Makes a row, or prefix[0..dims), what others are scored against.
  void Load(uint32_t row, Query* query) const;
  void Load(const float* prefix, Query* query) const;
  // scores[i] of rows[i]: the inner product, or minus the squared distance (l2). Larger is nearer,
  // and the score of two rows is the same from either.
  void Score(absl::Span<const uint32_t> rows, Query* query, float* scores) const;
  // Of all rows.
  void ScoreAll(Query* query, float* scores) const;
  size_t MemoryBytes() const { return codes_.capacity(); }

 private:
  // The end of a row.
  struct Terms {
    float scale;
    float norm2;
  };
  Terms TermsOf(size_t row) const;
  Terms Encode(const float* prefix, int8_t* codes) const;
  float ScoreOf(size_t row, const Query& query, int32_t dot) const;

  Metric metric_;
  size_t dims_;
  size_t bytes_;  // of a row
  size_t size_;
  AlignedVector<int8_t> codes_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_INT8_PREFIXES_H_
