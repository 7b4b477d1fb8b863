#include "tests/client/test_files.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <random>

#include "absl/strings/str_cat.h"
#include "tests/testing/temp_dir.h"

namespace nestor::testing {

std::string WriteFile(const std::string& name, const std::string& bytes) {
  static const TempDir folder;
  std::string path = folder.Join(name);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
  file.close();
  EXPECT_TRUE(file.good()) << path;
  return path;
}

std::string U32(uint32_t value) {
  std::string bytes(4, '\0');
  for (int i = 0; i < 4; ++i) bytes[i] = static_cast<char>(value >> (8 * i));
  return bytes;
}

std::string F32(const std::vector<float>& values) {
  std::string bytes;
  for (const float value : values) {
    uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof(bits));
    bytes += U32(bits);
  }
  return bytes;
}

std::string Npy(const std::string& header, const std::string& data, int version) {
  std::string length = U32(static_cast<uint32_t>(header.size()));
  if (version == 1) length.resize(2);
  return absl::StrCat("\x93NUMPY", std::string(1, static_cast<char>(version)), std::string(1, '\0'),
                      length, header, data);
}

std::string NpyF32(uint64_t rows, uint64_t dims, const std::string& data) {
  return Npy(absl::StrCat("{'descr': '<f4', 'fortran_order': False, 'shape': (", rows, ", ", dims,
                          "), }   \n"),
             data);
}

std::vector<float> RandomValues(uint64_t rows, uint64_t dims, uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> values(rows * dims);
  for (float& value : values) value = uniform(random);
  return values;
}

}  // namespace nestor::testing
