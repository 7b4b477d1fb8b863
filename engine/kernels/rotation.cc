#include "engine/kernels/rotation.h"

#include <bit>
#include <cmath>
#include <cstdint>

namespace nestor::kernels {
namespace {

// Twice does with a power of two of dims. With others, what two of the transforms share is mixed in
// earlier than the rest, which needs one more.
size_t RoundsFor(size_t dims) { return std::has_single_bit(dims) ? 2 : 3; }

// SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014).
class SignSource {
 public:
  bool Next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return ((z ^ (z >> 31)) >> 63) != 0;
  }

 private:
  uint64_t state_ = 0x4e6573746f72;
};

void WalshHadamard(float* values, size_t count) {
  for (size_t half = 1; half < count; half *= 2) {
    for (size_t begin = 0; begin < count; begin += 2 * half) {
      float* const first = values + begin;
      float* const second = first + half;
      for (size_t i = 0; i < half; ++i) {
        const float sum = first[i] + second[i];
        second[i] = first[i] - second[i];
        first[i] = sum;
      }
    }
  }
}

}  // namespace

Rotation::Rotation(size_t dims)
    : dims_(dims), power_(dims == 0 ? 0 : std::bit_floor(dims)), signs_(RoundsFor(dims) * dims) {
  SignSource source;
  for (float& sign : signs_) sign = source.Next() ? 1.0f : -1.0f;
}

void Rotation::Apply(float* values) const {
  for (size_t begin = 0; begin < signs_.size(); begin += dims_) {
    const float* const signs = signs_.data() + begin;
    for (size_t i = 0; i < dims_; ++i) values[i] *= signs[i];
    Transform(values);
    if (power_ < dims_) Transform(values + dims_ - power_);
  }
}

void Rotation::Transform(float* values) const {
  WalshHadamard(values, power_);
  const auto keep_norm = static_cast<float>(1 / std::sqrt(static_cast<double>(power_)));
  for (size_t i = 0; i < power_; ++i) values[i] *= keep_norm;
}

}  // namespace nestor::kernels
