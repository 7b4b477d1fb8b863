#ifndef NESTOR_CLIENT_VECTOR_FILE_H_
#define NESTOR_CLIENT_VECTOR_FILE_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/input_file.h"
#include "nestor/v1/common.pb.h"

namespace nestor {

// The widest vector that a file may hold; more is taken for a damaged header.
inline constexpr uint32_t kMaxFileDims = 65536;

// A file of vectors of one width. Rows are read when they are asked for, so a file may be larger
// than memory. The suffix of the name tells the format; all numbers are little-endian:
//
//   .npy    NumPy, 2-D, C order, float32 '<f4' or float16 '<f2' (client/npy_header.h)
//   .fbin   u32 rows, u32 dims, then rows × dims float32
//   .fvecs  for each row: u32 dims, then dims float32
//
// Open() checks the header against the size of the file, so that a cut or damaged file is refused
// before its first row is used. INVALID_ARGUMENT names the file, the row where there is one, what
// was found and what was expected.
//
// Thread safety: const methods may be called from any thread.
class VectorFile {
 public:
  // Where the rows lie. Row r is `row_header_bytes`, then dims components, at data_offset + r ×
  // stride bytes.
  struct Layout {
    uint64_t rows = 0;
    uint32_t dims = 0;
    v1::Vector::Encoding encoding = v1::Vector::F32;
    uint64_t data_offset = 0;
    uint32_t row_header_bytes = 0;  // .fvecs: 4, the dims once more
  };

  static absl::StatusOr<VectorFile> Open(const std::string& path);

  const std::string& path() const { return file_.path(); }
  uint64_t rows() const { return layout_.rows; }
  uint32_t dims() const { return layout_.dims; }
  v1::Vector::Encoding encoding() const { return layout_.encoding; }
  uint64_t row_bytes() const;

  // Rows first .. first + count - 1 as the file has them, count × row_bytes() bytes: what
  // Matrix.packed and Vector.packed want, with encoding(). OUT_OF_RANGE for rows the file does not
  // have; INVALID_ARGUMENT for an .fvecs row of other dims.
  absl::StatusOr<std::string> ReadRows(uint64_t first, uint64_t count) const;

 private:
  VectorFile(InputFile file, const Layout& layout) : file_(std::move(file)), layout_(layout) {}

  uint64_t stride() const { return layout_.row_header_bytes + row_bytes(); }
  // Takes the headers out of `count` .fvecs rows.
  absl::Status StripRowHeaders(uint64_t first, uint64_t count, std::string& rows) const;

  InputFile file_;
  Layout layout_;
};

}  // namespace nestor

#endif  // NESTOR_CLIENT_VECTOR_FILE_H_
