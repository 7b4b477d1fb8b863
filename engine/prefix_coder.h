#ifndef NESTOR_ENGINE_PREFIX_CODER_H_
#define NESTOR_ENGINE_PREFIX_CODER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <vector>

#include "engine/basis.h"
#include "engine/kernels/rotation.h"
#include "engine/metric.h"

namespace nestor {

// What the shortlist sees of a vector: its first `dims` dims, or coordinates in a learnt basis,
// renormalised for cosine, `bits` for each of them.
struct PrefixCodeFormat {
  Metric metric = Metric::kCosine;
  uint32_t dims = 0;
  uint32_t bits = 8;    // 1, 2, 4 or 8: rotated codes; 32: float32
  bool learnt = false;  // dims are those of a basis
  friend bool operator==(const PrefixCodeFormat&, const PrefixCodeFormat&) = default;
};

constexpr bool IsPrefixBits(uint32_t bits) {
  return bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 32;
}

// out[0..dims) = the first `dims` dims of a vector, or coordinates in a basis (null: none),
// renormalised for cosine. Returns their norm before that. `out` may be `vector` where there is no
// basis. What it needs meanwhile is in `memory`. REQUIRES: the basis has at least as many axes.
double TakePrefix(Metric metric, size_t dims, const Basis* basis, const float* vector, float* out,
                  std::pmr::memory_resource* memory = std::pmr::get_default_resource());

// How the vectors of one segment, and the queries that search it, become prefix codes. Both are
// taken relative to a centre c, so that what all vectors have in common costs no bits, and rotated:
//
//   q . x  =  (q - c) . (x - c)  +  x . c  +  (q . c - c . c)
//
// of which the first is what codes are of, the second an offset of the row, the third of the query.
//
// Thread safety: immutable.
class PrefixCoder {
 public:
  // `centre` is format.dims values in the coordinates of the (renormalised) prefix, or empty for
  // none. REQUIRES: empty with 32 bits; a basis of as many axes if and only if format.learnt.
  explicit PrefixCoder(const PrefixCodeFormat& format, std::vector<float> centre = {},
                       std::shared_ptr<const Basis> basis = nullptr);

  const PrefixCodeFormat& format() const { return format_; }
  const std::vector<float>& centre() const { return centre_; }
  const std::shared_ptr<const Basis>& basis() const { return basis_; }  // null: none
  // How many of a vector's dims are read.
  size_t vector_dims() const { return basis_ == nullptr ? format_.dims : basis_->dims(); }
  bool packed() const { return format_.bits != 32; }

  // As above.
  double TakePrefix(const float* vector, float* out,
                    std::pmr::memory_resource* memory = std::pmr::get_default_resource()) const {
    return nestor::TakePrefix(format_.metric, format_.dims, basis_.get(), vector, out, memory);
  }
  // prefix[0..dims) - centre, rotated, in place. REQUIRES: packed().
  void Turn(float* prefix) const;
  // The dot product of values[0..dims) and the centre.
  double DotCentre(const float* values) const;
  double centre_norm2() const { return centre_norm2_; }

  friend bool operator==(const PrefixCoder& a, const PrefixCoder& b) {
    return a.format_ == b.format_ && a.centre_ == b.centre_ &&
           a.basis_version() == b.basis_version();
  }

 private:
  uint32_t basis_version() const { return basis_ == nullptr ? 0 : basis_->version(); }

  PrefixCodeFormat format_;
  std::vector<float> centre_;
  std::shared_ptr<const Basis> basis_;
  double centre_norm2_ = 0;
  std::optional<kernels::Rotation> rotation_;  // with codes of less than 32 bits
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_PREFIX_CODER_H_
