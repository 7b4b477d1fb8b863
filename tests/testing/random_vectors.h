#ifndef NESTOR_TESTS_TESTING_RANDOM_VECTORS_H_
#define NESTOR_TESTS_TESTING_RANDOM_VECTORS_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

// Seeded data: the same on every machine that has the same standard library.

namespace nestor::testing {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  // 0 <= result < limit.
  size_t Below(size_t limit) { return engine_() % limit; }
  bool OneIn(size_t n) { return Below(n) == 0; }
  double Uniform(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(engine_);
  }
  double Gaussian() { return std::normal_distribution<double>()(engine_); }

  std::vector<float> GaussianVector(size_t dims, double scale = 1) {
    std::vector<float> vector(dims);
    for (float& value : vector) value = static_cast<float>(scale * Gaussian());
    return vector;
  }
  // center + noise.
  std::vector<float> Near(const std::vector<float>& center, double noise) {
    std::vector<float> vector = center;
    for (float& value : vector) value += static_cast<float>(noise * Gaussian());
    return vector;
  }

 private:
  std::mt19937_64 engine_;
};

// Vectors around `centers` random points: what embeddings look like, and what makes a graph or
// lists worth their while.
inline std::vector<std::vector<float>> ClusteredVectors(size_t count, size_t dims, size_t centers,
                                                        uint64_t seed) {
  Random random(seed);
  std::vector<std::vector<float>> middle(centers);
  for (auto& center : middle) center = random.GaussianVector(dims);
  std::vector<std::vector<float>> vectors(count);
  for (auto& vector : vectors) vector = random.Near(middle[random.Below(centers)], 0.5);
  return vectors;
}

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_TESTING_RANDOM_VECTORS_H_
