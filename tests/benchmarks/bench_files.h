#ifndef NESTOR_TESTS_BENCHMARKS_BENCH_FILES_H_
#define NESTOR_TESTS_BENCHMARKS_BENCH_FILES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "benchmarks/float_matrix.h"

namespace nestor::testing {

// Like WriteFile of tests/client/test_files.h, with the numbers of a matrix as the bytes.
std::string WriteFbin(const std::string& name, const bench::FloatMatrix& matrix);
std::string WriteIvecs(const std::string& name, const std::vector<std::vector<int32_t>>& rows);
// 1-D, int32.
std::string WriteNpyLabels(const std::string& name, const std::vector<int32_t>& labels);

// `rows` vectors of `dims` values in [-1, 1).
bench::FloatMatrix RandomMatrix(size_t rows, size_t dims, uint32_t seed);
bench::FloatMatrix MakeMatrix(const std::vector<std::vector<float>>& rows);

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_BENCHMARKS_BENCH_FILES_H_
