#ifndef NESTOR_CLIENT_NPY_HEADER_H_
#define NESTOR_CLIENT_NPY_HEADER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace nestor {

// The header of a NumPy array file, as numpy/lib/format.py describes it:
//
//   6 bytes  "\x93NUMPY"
//   2 bytes  major version (1, 2 or 3), minor version (0)
//   2 bytes  length of the text, little-endian (4 bytes from version 2 on)
//   text     {'descr': '<f4', 'fortran_order': False, 'shape': (rows, dims), } spaces, newline
struct NpyHeader {
  std::string descr;
  bool fortran_order = false;
  std::vector<uint64_t> shape;
};

inline constexpr char kNpyMagic[] = "\x93NUMPY";
inline constexpr uint64_t kNpyMagicBytes = 6;

// Reads the text: a dictionary with exactly these three keys, in any order. INVALID_ARGUMENT says
// what was found where; the caller adds the name of the file.
absl::StatusOr<NpyHeader> ParseNpyHeader(absl::string_view text);

}  // namespace nestor

#endif  // NESTOR_CLIENT_NPY_HEADER_H_
