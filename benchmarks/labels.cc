#include "benchmarks/labels.h"

#include "benchmarks/int_file.h"
#include "storage/status_macros.h"

namespace nestor::bench {

absl::StatusOr<Labels> ReadBothLabels(const std::string& base, const std::string& queries,
                                      const DataIdentity& data, size_t rows) {
  Labels labels;
  NESTOR_ASSIGN_OR_RETURN(labels.base, ReadLabels(base, data.rows));
  NESTOR_ASSIGN_OR_RETURN(labels.queries, ReadLabels(queries, data.query_count));
  labels.base.resize(rows);
  return labels;
}

}  // namespace nestor::bench
