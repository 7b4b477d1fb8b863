#ifndef NESTOR_ENGINE_BASIS_H_
#define NESTOR_ENGINE_BASIS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/aligned_buffer.h"
#include "engine/kernels/kernel_table.h"
#include "engine/rerank_tier.h"

namespace nestor {

// Coordinates learnt from vectors: directions at right angles, those first that most of the vectors
// is in, so that the first few coordinates are the best linear prefix there is (principal
// components; Jolliffe, Principal Component Analysis, 2002). Its axes are kept in int8, a quarter
// of what a query would read: they are off their right angles by a hundredth, far less than codes
// round away, and the same for rows and queries.
//
// Thread safety: immutable.
class Basis {
 public:
  // Unit vectors of `dims` at right angles, one behind the other: size x dims. REQUIRES: at least
  // one, and no more than dims.
  Basis(size_t dims, absl::Span<const float> axes);
  // What codes() and scales() were.
  Basis(size_t dims, AlignedVector<int8_t> codes, AlignedVector<float> scales);

  size_t dims() const { return dims_; }  // of a vector
  size_t size() const { return scales_.size() / kernels::BlockCount(dims_); }
  // Of kernels::BlockInt8Rows.
  const AlignedVector<int8_t>& codes() const { return codes_; }
  const AlignedVector<float>& scales() const { return scales_; }
  std::vector<float> Axis(size_t axis) const;  // decoded
  // Of its numbers: bases that were learnt differently differ in it.
  uint32_t version() const { return version_; }
  // The first `count` axes.
  std::shared_ptr<const Basis> First(size_t count) const;
  size_t MemoryBytes() const { return codes_.capacity() + scales_.capacity() * sizeof(float); }

  // out[0..count) = the first coordinates of vector[0..dims()), finite values. What it needs
  // meanwhile is in `memory`. REQUIRES: count <= size().
  void Project(const float* vector, size_t count, float* out,
               std::pmr::memory_resource* memory = std::pmr::get_default_resource()) const;

 private:
  size_t dims_;
  AlignedVector<int8_t> codes_;
  AlignedVector<float> scales_;
  uint32_t version_;
};

// The first `size` principal axes of `rows`, row-major, `dims` of each: of the vectors themselves,
// not of what they differ in from their mean, which is part of every product with them. Size x
// dims. InternalError, ResourceExhaustedError. REQUIRES: at least as many rows as dims.
absl::StatusOr<std::vector<float>> PrincipalAxes(absl::Span<const float> rows, size_t dims,
                                                 size_t size);

// How many vectors it takes to learn: fewer say more about themselves than about others.
inline constexpr size_t kLeastRowsPerDim = 4;
inline constexpr size_t kLeastRowsToLearn = 256;
bool CanLearn(size_t dims, size_t rows);

// The first `size` axes, learnt from some of `vectors`, evenly spread, but not from the rows
// `held_out` (ascending), by which it may be judged. For cosine they are normalised. Takes time
// with the cube of the dims. InternalError, ResourceExhaustedError. REQUIRES: CanLearn;
// size is 1 to dims; at most half of the vectors are held out.
absl::StatusOr<std::shared_ptr<const Basis>> LearnBasis(const KeptVectors& vectors, Metric metric,
                                                        size_t dims, size_t size,
                                                        absl::Span<const uint32_t> held_out = {});

}  // namespace nestor

#endif  // NESTOR_ENGINE_BASIS_H_
