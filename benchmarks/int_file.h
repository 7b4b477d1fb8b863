#ifndef NESTOR_BENCHMARKS_INT_FILE_H_
#define NESTOR_BENCHMARKS_INT_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace nestor::bench {

// Integers in memory: row r starts at values[r * columns].
struct IntMatrix {
  size_t rows = 0;
  size_t columns = 0;
  std::vector<int64_t> values;

  int64_t At(size_t row, size_t column) const { return values[row * columns + column]; }
};

// Reads true neighbours or labels, whole. The suffix tells the format; numbers are little-endian:
//
//   .npy    NumPy, C order, int32 '<i4' or int64 '<i8', 1-D (one column) or 2-D
//   .ivecs  for each row: u32 columns, then columns × int32
//   .ibin   u32 rows, u32 columns, then rows × columns int32
//
// INVALID_ARGUMENT names the file and what is wrong; otherwise the errors of client/input_file.h.
absl::StatusOr<IntMatrix> ReadIntMatrix(const std::string& path);

// Whether a file is one of these and not one of vectors, by its suffix and, for .npy, its header.
// INVALID_ARGUMENT when that header is damaged; the errors of client/input_file.h.
absl::StatusOr<bool> IsIntFile(const std::string& path);

// One label for each of `rows` vectors. INVALID_ARGUMENT when the file has several columns or
// another number of rows: labels of other data.
absl::StatusOr<std::vector<int64_t>> ReadLabels(const std::string& path, size_t rows);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_INT_FILE_H_
