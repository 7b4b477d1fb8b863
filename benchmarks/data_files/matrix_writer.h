#ifndef NESTOR_BENCHMARKS_DATA_FILES_MATRIX_WRITER_H_
#define NESTOR_BENCHMARKS_DATA_FILES_MATRIX_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "benchmarks/data_files/output_file.h"

namespace nestor::bench {

// What a file of numbers will hold. Its rows are counted beforehand, since headers say them.
struct MatrixShape {
  enum class Kind { kVectors, kInts };

  uint64_t rows = 0;
  uint32_t columns = 0;
  Kind kind = Kind::kVectors;
};

// Writes a file of numbers, some rows at a time, so it may be larger than memory. The suffix of the
// name tells the format; all numbers are little-endian:
//
//   vectors  .npy    NumPy 1.0, 2-D, C order, float32 '<f4'
//            .fbin   u32 rows, u32 dims, then rows × dims float32
//            .fvecs  for each row: u32 dims, then dims float32
//            .bvecs  for each row: u32 dims, then dims bytes
//   ints     .npy    int32 '<i4', 1-D when there is one column, else 2-D
//            .ibin   u32 rows, u32 columns, then rows × columns int32
//            .ivecs  for each row: u32 columns, then columns × int32
//
// Nothing is under the name before Finish() (benchmarks/data_files/output_file.h).
//
// Thread safety: none.
class MatrixWriter {
 public:
  // INVALID_ARGUMENT when the suffix is none of the kind's, or its header cannot say so many rows;
  // otherwise the errors of OutputFile.
  static absl::StatusOr<std::unique_ptr<MatrixWriter>> Create(const std::string& path,
                                                              const MatrixShape& shape);

  // Whole rows. INVALID_ARGUMENT names the row with a value that .bvecs cannot hold, which is all
  // but 0, 1, ..., 255. REQUIRES: the kind of the shape; no more rows than it has.
  absl::Status AppendVectors(absl::Span<const float> values);
  absl::Status AppendInts(absl::Span<const int32_t> values);

  // The content hash of the file as far as it was appended: what must be written before the file
  // gets its name, its mark for example, can say it.
  std::string Hash() const { return file_->Hash(); }

  // Answers the file's content hash. REQUIRES: all rows were appended. Call at most once.
  absl::StatusOr<std::string> Finish();

 private:
  MatrixWriter(std::unique_ptr<OutputFile> file, const MatrixShape& shape);

  absl::Status AppendRows(const char* rows, size_t count);
  absl::StatusOr<std::string> ToBytes(absl::Span<const float> values) const;

  const std::unique_ptr<OutputFile> file_;
  const MatrixShape shape_;
  bool as_bytes_ = false;          // .bvecs: a byte for each value
  bool with_row_headers_ = false;  // .*vecs: every row begins with its columns
  uint64_t rows_done_ = 0;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_DATA_FILES_MATRIX_WRITER_H_
