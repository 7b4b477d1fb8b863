#ifndef NESTOR_BENCHMARKS_DATA_FILES_CONVERT_H_
#define NESTOR_BENCHMARKS_DATA_FILES_CONVERT_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "benchmarks/command_line.h"

namespace nestor::bench {

struct ConvertOptions {
  std::string in;
  std::string out;
  std::string dataset;     // of an HDF5 file; empty: "train"
  uint32_t dims = 0;       // only the first so many of each row; 0: all
  uint64_t rows = 0;       // only the first so many; 0: all
  bool normalize = false;  // scale each vector, after it was cut to `dims`, to unit length
};

// Writes the numbers of one file as another; the suffixes tell the formats
// (benchmarks/data_files/matrix_writer.h for what is written; also read are float16 and int64 .npy,
// and HDF5, .hdf5 or .h5). Vectors stay vectors and integers integers, but integers of HDF5 are
// written as vectors where `out` has a format of vectors. What was made of synthetic data is marked
// as synthetic. Prints one line that says what was written.
//
// INVALID_ARGUMENT when a file is damaged, the formats do not go together, `dims` or `rows` exceed
// what is there, or a value does not fit the format of `out`; otherwise the errors of
// client/input_file.h and benchmarks/data_files/output_file.h.
absl::Status Convert(const ConvertOptions& options, Console& console);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_DATA_FILES_CONVERT_H_
