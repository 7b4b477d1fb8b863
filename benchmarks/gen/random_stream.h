#ifndef NESTOR_BENCHMARKS_GEN_RANDOM_STREAM_H_
#define NESTOR_BENCHMARKS_GEN_RANDOM_STREAM_H_

#include <cstddef>
#include <cstdint>

namespace nestor::bench {

// 2^64 divided by the golden ratio: multiples of it, modulo 2^64, are spread evenly.
inline constexpr uint64_t kGoldenStep = 0x9E3779B97F4A7C15;

// The finaliser of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
// generators", 2014): every bit of the result depends on every bit of `x`.
constexpr uint64_t MixBits(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

// What a stream's numbers are for; another purpose has other numbers. The values are part of the
// format: the same seed gives the same data for ever.
enum class DrawPurpose : uint64_t {
  kSuperclassMeans = 1,
  kClassMeans = 2,
  kLatentDirections = 3,
  kMean = 4,
  kBaseChoices = 5,
  kBaseLatents = 6,
  kBaseNoise = 7,
  kQueryChoices = 8,
  kQueryLatents = 9,
  kQueryNoise = 10,
  kDuplicateNoise = 11,
};

// The random numbers of one thing (a point, a class), each a pure function of the seed, the
// purpose, which thing it is, and its place in the stream. So every part of a data set can be made
// on its own, in any order, on any number of threads.
//
// Thread safety: immutable.
class RandomStream {
 public:
  constexpr RandomStream(uint64_t seed, DrawPurpose purpose, uint64_t index)
      : key_(MixBits(MixBits(MixBits(seed) + static_cast<uint64_t>(purpose)) +
                     index * kGoldenStep)) {}

  constexpr uint64_t Bits(uint64_t place) const {
    return MixBits(key_ + (place + 1) * kGoldenStep);
  }

  // In [0, 1).
  constexpr double Uniform(uint64_t place) const {
    return static_cast<double>(Bits(place) >> 11) * 0x1p-53;
  }

  // In [0, count). REQUIRES: count > 0.
  constexpr uint64_t Below(uint64_t place, uint64_t count) const {
    return static_cast<uint64_t>(Uniform(place) * static_cast<double>(count));
  }

 private:
  uint64_t key_;
};

// Normally distributed numbers of mean 0 and variance 1 into out[0 .. count), two from each place
// from `first_place` on, by the Box-Muller transform. Its logarithm, sine and cosine are short
// series of plain float operations, which compilers vectorise and which give the same bits on every
// processor; the library's need not. No number is beyond +-5.9.
void FillNormals(const RandomStream& stream, uint64_t first_place, size_t count, float* out);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_GEN_RANDOM_STREAM_H_
