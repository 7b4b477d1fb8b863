#include "benchmarks/float_matrix.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "client/half.h"
#include "client/vector_file.h"
#include "engine/kernels/kernel_table.h"
#include "engine/vector_math.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr uint64_t kRowsInOneRead = 4096;

absl::Status CheckVector(const FloatMatrix& matrix, size_t row, Metric metric,
                         const std::string& path) {
  const float* vector = matrix.Row(row);
  const auto is_finite = [](float value) { return std::isfinite(value); };
  if (!std::all_of(vector, vector + matrix.dims, is_finite)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": row ", row, " is not finite"));
  }
  if (metric == Metric::kCosine && Norm(vector, matrix.dims) == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": row ", row, " is zero, which has no cosine"));
  }
  return absl::OkStatus();
}

void Decode(const std::string& packed, v1::Vector::Encoding encoding, float* out) {
  if (encoding != v1::Vector::F16) {
    std::memcpy(out, packed.data(), packed.size());
    return;
  }
  kernels::Kernels().f16_to_f32(reinterpret_cast<const uint16_t*>(packed.data()),
                                packed.size() / sizeof(uint16_t), out);
}

}  // namespace

absl::StatusOr<FloatMatrix> ReadFloatMatrix(const std::string& path, uint64_t max_rows,
                                            Metric metric) {
  NESTOR_ASSIGN_OR_RETURN(const VectorFile file, VectorFile::Open(path));
  FloatMatrix matrix;
  matrix.rows = max_rows == 0 ? file.rows() : std::min(file.rows(), max_rows);
  matrix.dims = file.dims();
  if (matrix.rows == 0) return absl::InvalidArgumentError(absl::StrCat(path, " holds no vectors"));
  matrix.values.resize(matrix.rows * matrix.dims);
  for (size_t first = 0; first < matrix.rows; first += kRowsInOneRead) {
    const uint64_t count = std::min<uint64_t>(kRowsInOneRead, matrix.rows - first);
    NESTOR_ASSIGN_OR_RETURN(const std::string packed, file.ReadRows(first, count));
    Decode(packed, file.encoding(), matrix.Row(first));
  }
  for (size_t row = 0; row < matrix.rows; ++row) {
    NESTOR_RETURN_IF_ERROR(CheckVector(matrix, row, metric, path));
  }
  return matrix;
}

FloatMatrix Prefixes(const FloatMatrix& matrix, size_t dims, Metric metric) {
  FloatMatrix prefixes{matrix.rows, dims, {}};
  prefixes.values.resize(matrix.rows * dims);
  for (size_t row = 0; row < matrix.rows; ++row) {
    const float* vector = matrix.Row(row);
    const double norm = metric == Metric::kCosine ? Norm(vector, dims) : 1.0;
    Scale(vector, dims, norm, prefixes.Row(row));
  }
  return prefixes;
}

}  // namespace nestor::bench
