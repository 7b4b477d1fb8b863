#ifndef NESTOR_BENCHMARKS_FLOAT_MATRIX_H_
#define NESTOR_BENCHMARKS_FLOAT_MATRIX_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/aligned_buffer.h"
#include "engine/metric.h"

namespace nestor::bench {

// Vectors in memory: row r starts at values[r * dims].
struct FloatMatrix {
  size_t rows = 0;
  size_t dims = 0;
  AlignedVector<float> values;

  const float* Row(size_t row) const { return &values[row * dims]; }
  float* Row(size_t row) { return &values[row * dims]; }
};

// The first `max_rows` vectors (0: all) of a file that benchmarks/data_files/vector_source.h reads;
// half precision is widened. INVALID_ARGUMENT names the row when a component is not finite or, for
// cosine, when a vector is zero; otherwise the reader's errors.
absl::StatusOr<FloatMatrix> ReadFloatMatrix(const std::string& path, uint64_t max_rows,
                                            Metric metric);

// Some rows of a file: row i of `values` is row first + i of it.
struct VectorRows {
  const float* values = nullptr;
  size_t count = 0;
  size_t dims = 0;
  uint64_t first = 0;
};

// INVALID_ARGUMENT as above; `path` names the file in it.
absl::Status CheckVectors(const VectorRows& rows, Metric metric, const std::string& path);

// Copies of these rows.
FloatMatrix SomeRows(const FloatMatrix& matrix, absl::Span<const uint32_t> rows);

// The first `dims` dims of every row, scaled to unit length for cosine (zeros stay zeros): what a
// shortlist over prefixes sees, and with all dims what turns cosine into an inner product.
// REQUIRES: dims <= matrix.dims.
FloatMatrix Prefixes(const FloatMatrix& matrix, size_t dims, Metric metric);

// The same of all dims, in place.
void Normalise(Metric metric, FloatMatrix* matrix);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_FLOAT_MATRIX_H_
