#ifndef NESTOR_BENCHMARKS_GEN_POINT_MAKER_H_
#define NESTOR_BENCHMARKS_GEN_POINT_MAKER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "benchmarks/gen/profile.h"
#include "benchmarks/gen/random_stream.h"
#include "engine/kernels/rotation.h"

namespace nestor::bench {

enum class GenRole { kBase, kQuery };

// Makes the points of a profile (benchmarks/gen/profile.h), each from the seed and its row alone:
// the same whatever was made before it and however many rows there will be. Holds the class means,
// 4 * dims * classes bytes.
//
// Thread safety: immutable.
class PointMaker {
 public:
  // `rotated`: all points are turned by the rotation of their dims (engine/kernels/rotation.h),
  // after which no dim knows more of a point than another does.
  PointMaker(const GenProfile& profile, uint32_t dims, uint64_t seed, bool rotated = false);

  uint32_t dims() const { return dims_; }

  // Writes a vector of dims() numbers to `out`; answers its label, a class.
  int32_t Make(GenRole role, uint64_t row, float* out) const;

  // Which earlier row the base's `row` is a near-duplicate of; `row` itself when it is none.
  uint64_t OriginalOf(uint64_t row) const;

 private:
  // What decides about a point besides noise.
  struct Choices {
    uint32_t own_class = 0;
    uint32_t other_class = 0;
    double other_weight = 0;
  };

  void FillMeans();
  void FillLatentDirections();
  std::vector<float> MeanOfAll() const;
  bool IsDuplicate(uint64_t row) const;
  Choices Choose(GenRole role, uint64_t row) const;
  int32_t MakeUnturned(GenRole role, uint64_t row, float* out) const;
  int32_t MakeOriginal(GenRole role, uint64_t row, float* out) const;
  void AddWithin(GenRole role, uint64_t row, float* out) const;
  void AddDuplicateNoise(uint64_t row, float* out) const;

  const GenProfile profile_;
  const uint32_t dims_;
  const uint64_t seed_;
  const std::vector<GenBlock> blocks_;
  std::vector<float> means_;       // classes x dims, the mean of all included
  std::vector<float> directions_;  // latents x dims: W transposed, with sqrt(lambda) and all scales
  std::vector<float> noise_scale_;  // dims
  std::optional<kernels::Rotation> rotation_;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_GEN_POINT_MAKER_H_
