#ifndef NESTOR_TESTS_TESTING_SAMPLE_H_
#define NESTOR_TESTS_TESTING_SAMPLE_H_

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "engine/kernels/kernel_table.h"

namespace nestor::testing {

// Rows of float32 one behind the other.
struct Matrix {
  size_t rows = 0;
  size_t dims = 0;
  std::vector<float> values;

  const float* Row(size_t row) const { return values.data() + row * dims; }
  std::vector<float> Copy(size_t row) const { return {Row(row), Row(row) + dims}; }
};

// Reads a two-dimensional little-endian float16 array in C order, version 1.0 of numpy's format:
//
//   "\x93NUMPY" 1 0 | length u16 | header text, `length` bytes | values
//
// Anything else is not one of our sample's files and ends the test program.
inline Matrix ReadSample(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream buffer;
  buffer << file.rdbuf();
  const std::string bytes = buffer.str();
  Matrix matrix;
  size_t begin = 0;
  if (bytes.size() > 10 && bytes.compare(0, 8, "\x93NUMPY\x01\x00", 8) == 0) {
    begin = 10 + static_cast<uint8_t>(bytes[8]) + 256 * size_t{static_cast<uint8_t>(bytes[9])};
    const std::string header = bytes.substr(10, begin - 10);
    const size_t shape = header.find("'shape': (");
    if (header.find("'<f2'") != std::string::npos && shape != std::string::npos) {
      (void)std::sscanf(header.c_str() + shape, "'shape': (%zu, %zu)", &matrix.rows, &matrix.dims);
    }
  }
  const size_t count = matrix.rows * matrix.dims;
  if (count == 0 || bytes.size() != begin + 2 * count) {
    std::fprintf(stderr, "%s is not a float16 matrix\n", path.c_str());
    std::abort();
  }
  std::vector<uint16_t> halves(count);
  for (size_t i = 0; i < count; ++i) {
    halves[i] = static_cast<uint16_t>(static_cast<uint8_t>(bytes[begin + 2 * i]) |
                                      static_cast<uint8_t>(bytes[begin + 2 * i + 1]) << 8);
  }
  matrix.values.resize(count);
  kernels::Kernels().f16_to_f32(halves.data(), count, matrix.values.data());
  return matrix;
}

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_TESTING_SAMPLE_H_
