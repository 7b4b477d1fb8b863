#ifndef NESTOR_BENCHMARKS_DATA_SET_H_
#define NESTOR_BENCHMARKS_DATA_SET_H_

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "benchmarks/float_matrix.h"
#include "engine/metric.h"

namespace nestor::bench {

struct DataSetOptions {
  std::string base;  // files that client/vector_file.h reads
  std::string queries;
  uint64_t rows = 0;  // of the base; 0: all
};

// What is searched, and what for.
struct DataSet {
  FloatMatrix base;
  FloatMatrix queries;
};

// InvalidArgumentError when the two files differ in dims, or the base has fewer rows than `limit`;
// otherwise the errors of ReadFloatMatrix.
absl::StatusOr<DataSet> ReadDataSet(const DataSetOptions& options, Metric metric, size_t limit);

// Moves the last `count` queries, which calibrate and are not measured, to *taken.
// InvalidArgumentError if that leaves none.
absl::Status TakeCalibration(size_t count, FloatMatrix* queries, FloatMatrix* taken);

// One line: names, sizes, metric.
void PrintDataSet(const DataSetOptions& options, const DataSet& data, Metric metric,
                  std::ostream& out);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_DATA_SET_H_
