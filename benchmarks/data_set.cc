#include "benchmarks/data_set.h"

#include "absl/strings/str_cat.h"
#include "benchmarks/data_identity.h"
#include "storage/status_macros.h"

namespace nestor::bench {

absl::StatusOr<DataSet> ReadDataSet(const DataSetOptions& options, Metric metric, size_t limit) {
  DataSet data;
  NESTOR_ASSIGN_OR_RETURN(data.base, ReadFloatMatrix(options.base, options.rows, metric));
  NESTOR_ASSIGN_OR_RETURN(data.queries, ReadFloatMatrix(options.queries, 0, metric));
  if (data.base.dims != data.queries.dims) {
    return absl::InvalidArgumentError(absl::StrCat(options.base, " has ", data.base.dims, " dims, ",
                                                   options.queries, " has ", data.queries.dims));
  }
  if (data.base.rows < limit) {
    return absl::InvalidArgumentError(
        absl::StrCat("limit ", limit, " exceeds the ", data.base.rows, " rows"));
  }
  return data;
}

absl::Status TakeCalibration(size_t count, FloatMatrix* queries, FloatMatrix* taken) {
  if (count >= queries->rows) {
    return absl::InvalidArgumentError(absl::StrCat("--calibrate: ", count, " of ", queries->rows,
                                                   " queries leave none to measure"));
  }
  queries->rows -= count;
  taken->rows = count;
  taken->dims = queries->dims;
  const auto kept = static_cast<ptrdiff_t>(queries->rows * queries->dims);
  taken->values.assign(queries->values.begin() + kept, queries->values.end());
  queries->values.resize(static_cast<size_t>(kept));
  return absl::OkStatus();
}

void PrintDataSet(const DataSetOptions& options, const DataSet& data, Metric metric,
                  std::ostream& out) {
  out << "data      " << FileName(options.base) << ": " << data.base.rows << " rows x "
      << data.base.dims << " dims; " << FileName(options.queries) << ": " << data.queries.rows
      << " queries; " << MetricName(metric) << "\n";
}

}  // namespace nestor::bench
