#ifndef NESTOR_BENCHMARKS_DATA_FILES_VECTOR_SOURCE_H_
#define NESTOR_BENCHMARKS_DATA_FILES_VECTOR_SOURCE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace nestor::bench {

// Vectors in a file of any format, read when they are asked for as float32, so the file may be
// larger than memory.
//
// Thread safety: none.
class VectorSource {
 public:
  virtual ~VectorSource() = default;

  virtual uint64_t rows() const = 0;
  virtual uint32_t dims() const = 0;

  // Rows first .. first + count - 1 into out[0 .. count * dims()). INVALID_ARGUMENT when the file
  // turns out to be damaged there. REQUIRES: first + count <= rows().
  virtual absl::Status ReadRows(uint64_t first, uint64_t count, float* out) = 0;
};

// By the suffix: .bvecs (for each row: u32 dims, then dims bytes), or what client/vector_file.h
// reads, .npy, .fbin and .fvecs, half precision widened. INVALID_ARGUMENT names the file and what
// is wrong with its header or size; otherwise the errors of client/input_file.h.
absl::StatusOr<std::unique_ptr<VectorSource>> OpenVectorSource(const std::string& path);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_DATA_FILES_VECTOR_SOURCE_H_
