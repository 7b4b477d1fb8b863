#ifndef NESTOR_TESTS_BENCHMARKS_DATA_FILES_HDF5_FILE_H_
#define NESTOR_TESTS_BENCHMARKS_DATA_FILES_HDF5_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "benchmarks/float_matrix.h"

namespace nestor::testing {

// A small file as ann-benchmarks lays them out, in the folder of WriteFile (tests/client/
// test_files.h):
//
//   train      the matrix, float32
//   wide       the matrix, float64, in compressed chunks of 2 x 2
//   neighbors  the integers, int32
//   line       three numbers, 1-D
//   text       a string for each row and column, 1 x 1
//   promised   1,000,000,000,000 x 4 float32 in chunks, none of which is there
//   broad      2 x 100,000 float32 in chunks, none of which is there
//   elsewhere  2 x 2 float32 said to be in the file "other"
//
// Answers its path.
std::string WriteHdf5(const std::string& name, const bench::FloatMatrix& matrix,
                      const std::vector<std::vector<int32_t>>& integers);

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_BENCHMARKS_DATA_FILES_HDF5_FILE_H_
