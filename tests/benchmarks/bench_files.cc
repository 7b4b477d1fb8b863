#include "tests/benchmarks/bench_files.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/client/test_files.h"

namespace nestor::testing {
namespace {

std::string Ints(const std::vector<int32_t>& values) {
  std::string bytes;
  for (const int32_t value : values) bytes += U32(static_cast<uint32_t>(value));
  return bytes;
}

}  // namespace

std::string WriteFbin(const std::string& name, const bench::FloatMatrix& matrix) {
  return WriteFile(name, U32(static_cast<uint32_t>(matrix.rows)) +
                             U32(static_cast<uint32_t>(matrix.dims)) +
                             F32({matrix.values.begin(), matrix.values.end()}));
}

std::string WriteIvecs(const std::string& name, const std::vector<std::vector<int32_t>>& rows) {
  std::string bytes;
  for (const std::vector<int32_t>& row : rows) {
    bytes += U32(static_cast<uint32_t>(row.size())) + Ints(row);
  }
  return WriteFile(name, bytes);
}

std::string WriteNpyLabels(const std::string& name, const std::vector<int32_t>& labels) {
  return WriteFile(name, Npy(absl::StrCat("{'descr': '<i4', 'fortran_order': False, 'shape': (",
                                          labels.size(), ",), }   \n"),
                             Ints(labels)));
}

bench::FloatMatrix RandomMatrix(size_t rows, size_t dims, uint32_t seed) {
  bench::FloatMatrix matrix{rows, dims, {}};
  const std::vector<float> values = RandomValues(rows, dims, seed);
  matrix.values.assign(values.begin(), values.end());
  return matrix;
}

bench::FloatMatrix MakeMatrix(const std::vector<std::vector<float>>& rows) {
  bench::FloatMatrix matrix{rows.size(), rows.front().size(), {}};
  for (const std::vector<float>& row : rows) {
    matrix.values.insert(matrix.values.end(), row.begin(), row.end());
  }
  return matrix;
}

}  // namespace nestor::testing
