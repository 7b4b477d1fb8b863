#ifndef NESTOR_TESTS_CLIENT_TEST_FILES_H_
#define NESTOR_TESTS_CLIENT_TEST_FILES_H_

#include <cstdint>
#include <string>
#include <vector>

namespace nestor::testing {

// Writes `bytes` to a file of this name, in place of an older one, in a folder of this process;
// answers its path. The folder goes when the process ends.
std::string WriteFile(const std::string& name, const std::string& bytes);

// The bytes of numbers, little-endian.
std::string U32(uint32_t value);
std::string F32(const std::vector<float>& values);

// A .npy file: magic, `version`, the length of the header, the header, the data.
std::string Npy(const std::string& header, const std::string& data, int version = 1);
std::string NpyF32(uint64_t rows, uint64_t dims, const std::string& data);

// `rows` × `dims` values in [-1, 1) from `seed`.
std::vector<float> RandomValues(uint64_t rows, uint64_t dims, uint32_t seed);

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CLIENT_TEST_FILES_H_
