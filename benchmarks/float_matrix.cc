#include "benchmarks/float_matrix.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "absl/strings/str_cat.h"
#include "benchmarks/data_files/vector_source.h"
#include "engine/vector_math.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr uint64_t kRowsInOneRead = 4096;

}  // namespace

absl::StatusOr<FloatMatrix> ReadFloatMatrix(const std::string& path, uint64_t max_rows,
                                            Metric metric) {
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<VectorSource> file, OpenVectorSource(path));
  FloatMatrix matrix;
  matrix.rows = max_rows == 0 ? file->rows() : std::min(file->rows(), max_rows);
  matrix.dims = file->dims();
  if (matrix.rows == 0) return absl::InvalidArgumentError(absl::StrCat(path, " holds no vectors"));
  matrix.values.resize(matrix.rows * matrix.dims);
  for (size_t first = 0; first < matrix.rows; first += kRowsInOneRead) {
    const uint64_t count = std::min<uint64_t>(kRowsInOneRead, matrix.rows - first);
    NESTOR_RETURN_IF_ERROR(file->ReadRows(first, count, matrix.Row(first)));
  }
  NESTOR_RETURN_IF_ERROR(
      CheckVectors({matrix.values.data(), matrix.rows, matrix.dims, 0}, metric, path));
  return matrix;
}

absl::Status CheckVectors(const VectorRows& rows, Metric metric, const std::string& path) {
  for (size_t i = 0; i < rows.count; ++i) {
    const float* vector = rows.values + i * rows.dims;
    const auto is_finite = [](float value) { return std::isfinite(value); };
    if (!std::all_of(vector, vector + rows.dims, is_finite)) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": row ", rows.first + i, " is not finite"));
    }
    if (metric == Metric::kCosine && Norm(vector, rows.dims) == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": row ", rows.first + i, " is zero, which has no cosine"));
    }
  }
  return absl::OkStatus();
}

FloatMatrix SomeRows(const FloatMatrix& matrix, absl::Span<const uint32_t> rows) {
  FloatMatrix some{rows.size(), matrix.dims, {}};
  some.values.reserve(rows.size() * matrix.dims);
  for (const uint32_t row : rows) {
    some.values.insert(some.values.end(), matrix.Row(row), matrix.Row(row) + matrix.dims);
  }
  return some;
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

void Normalise(Metric metric, FloatMatrix* matrix) {
  if (metric != Metric::kCosine) return;
  for (size_t row = 0; row < matrix->rows; ++row) {
    float* const vector = matrix->Row(row);
    Scale(vector, matrix->dims, Norm(vector, matrix->dims), vector);
  }
}

}  // namespace nestor::bench
