#include "engine/kernels/rotation.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

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

// What every processor of 64 bits has registers for.
constexpr size_t kLanes = 4;
using Lanes __attribute__((vector_size(kLanes * sizeof(float)))) = float;

Lanes Load(const float* values) {
  Lanes lanes;
  std::memcpy(&lanes, values, sizeof(lanes));
  return lanes;
}

void Store(const Lanes& lanes, float* values) { std::memcpy(values, &lanes, sizeof(lanes)); }

// The two steps between values of one vector.
Lanes WalshHadamardOfLanes(Lanes v) {
  constexpr Lanes kOneByOne = {1, -1, 1, -1}, kTwoByTwo = {1, 1, -1, -1};
  v = __builtin_shufflevector(v, v, 0, 0, 2, 2) +
      kOneByOne * __builtin_shufflevector(v, v, 1, 1, 3, 3);
  return __builtin_shufflevector(v, v, 0, 1, 0, 1) +
         kTwoByTwo * __builtin_shufflevector(v, v, 2, 3, 2, 3);
}

// REQUIRES: count is a power of two.
void WalshHadamard(float* values, size_t count) {
  if (count < kLanes) {
    if (count == 2) {
      const float sum = values[0] + values[1];
      values[1] = values[0] - values[1];
      values[0] = sum;
    }
    return;
  }
  for (size_t i = 0; i < count; i += kLanes) {
    Store(WalshHadamardOfLanes(Load(values + i)), values + i);
  }
  for (size_t half = kLanes; half < count; half *= 2) {
    for (size_t begin = 0; begin < count; begin += 2 * half) {
      float* const first = values + begin;
      float* const second = first + half;
      for (size_t i = 0; i < half; i += kLanes) {
        const Lanes a = Load(first + i), b = Load(second + i);
        Store(a + b, first + i);
        Store(a - b, second + i);
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
