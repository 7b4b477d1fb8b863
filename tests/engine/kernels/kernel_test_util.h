#ifndef NESTOR_TESTS_ENGINE_KERNELS_KERNEL_TEST_UTIL_H_
#define NESTOR_TESTS_ENGINE_KERNELS_KERNEL_TEST_UTIL_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "engine/kernels/kernel_table.h"

namespace nestor::kernels {

inline constexpr size_t kMaxTestDims =
    257;  // every remainder of every vector length, several times

// A test that runs once for each table that the processor runs.
class KernelTest : public testing::TestWithParam<const KernelTable*> {
 protected:
  const KernelTable& table() const { return *GetParam(); }
};

inline std::string TableName(const testing::TestParamInfo<const KernelTable*>& info) {
  return info.param->name;
}

// For GoogleTest, which would print the address.
inline void PrintTo(const KernelTable* table, std::ostream* out) { *out << table->name; }

inline std::vector<float> RandomFloats(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

inline double Dot(const std::vector<float>& a, const std::vector<float>& b) {
  double dot = 0;
  for (size_t i = 0; i < a.size(); ++i) dot += double{a[i]} * b[i];
  return dot;
}

// In [-1, 1), by arithmetic that is the same with every compiler and library.
inline std::vector<float> SameFloatsEverywhere(size_t count) {
  uint64_t state = 12345;
  std::vector<float> values(count);
  for (float& value : values) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    value = static_cast<float>(static_cast<int32_t>(state >> 32)) * 0x1p-31f;
  }
  return values;
}

// What float32 sums of `terms` products may be away from the truth, for any order of adding, with
// or without fused multiply-adds: Higham, Accuracy and Stability of Numerical Algorithms,
// section 3.1. `magnitude` = sum of |a_i b_i|.
inline double FloatTolerance(size_t terms, double magnitude) {
  constexpr double kUnitRoundoff = 0x1p-24;
  return (static_cast<double>(terms) + 3) * kUnitRoundoff * magnitude;
}

inline double DoubleTolerance(size_t terms, double magnitude) {
  constexpr double kUnitRoundoff = 0x1p-53;
  return (static_cast<double>(terms) + 3) * kUnitRoundoff * magnitude;
}

// A sum in double and the sum of its terms' magnitudes.
struct Truth {
  double sum = 0;
  double magnitude = 0;
  void Add(double term) {
    sum += term;
    magnitude += term < 0 ? -term : term;
  }
};

// A list that jumps around in [0, row_count) and repeats rows, of a length that is no multiple of a
// group of rows.
inline std::vector<uint32_t> GatheredIds(uint32_t row_count) {
  std::vector<uint32_t> ids;
  for (uint32_t i = 0; i < 2 * row_count + 1; ++i) ids.push_back((i * 7 + 3) % row_count);
  ids.push_back(ids.back());
  return ids;
}

}  // namespace nestor::kernels

#endif  // NESTOR_TESTS_ENGINE_KERNELS_KERNEL_TEST_UTIL_H_
