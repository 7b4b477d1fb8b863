#ifndef NESTOR_ENGINE_PREFIX_QUERY_H_
#define NESTOR_ENGINE_PREFIX_QUERY_H_

#include <memory_resource>
#include <optional>
#include <vector>

#include "engine/kernels/packed_query.h"
#include "engine/prefix_coder.h"

namespace nestor {

// A query's prefix, prepared once for all codes of one coder. Scores of queries of one format are
// comparable, whatever the coder's centre; they order rows and are never returned to anyone.
class PrefixQuery {
 public:
  // Reads vector[0..coder.vector_dims()). What it owns is in `memory`.
  PrefixQuery(const PrefixCoder& coder, const float* vector,
              std::pmr::memory_resource* memory = std::pmr::get_default_resource());

  const PrefixCodeFormat& format() const { return format_; }
  // True if the prefix orders nothing: zero, and the metric is an inner product.
  bool blind() const { return blind_; }
  const float* values() const { return values_.data(); }  // renormalised for cosine
  // How far scores near `score` are off, up to a factor of the collection: what a prefix knows
  // nothing of shrinks with the angle between query and row. For cosine its sine, for l2 the
  // distance, for dot, where scores say nothing of angles, the norm of the prefix.
  float Spread(float score) const;
  // REQUIRES: not 32 bits.
  kernels::PackedQuery packed() const { return packed_->view(); }

 private:
  PrefixCodeFormat format_;
  bool blind_ = false;
  float norm_;  // of the prefix before it was renormalised
  std::pmr::vector<float> values_;
  std::optional<kernels::PreparedPackedQuery> packed_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_PREFIX_QUERY_H_
