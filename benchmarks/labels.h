#ifndef NESTOR_BENCHMARKS_LABELS_H_
#define NESTOR_BENCHMARKS_LABELS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "benchmarks/data_identity.h"

namespace nestor::bench {

// The labels of base and queries, or two empty lists.
struct Labels {
  std::vector<int64_t> base;
  std::vector<int64_t> queries;
};

// From two files (ReadLabels) with a label for each vector of the two files of `data`; of the base
// only the first `rows` are kept. INVALID_ARGUMENT when a file has another count, with both.
absl::StatusOr<Labels> ReadBothLabels(const std::string& base, const std::string& queries,
                                      const DataIdentity& data, size_t rows);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LABELS_H_
