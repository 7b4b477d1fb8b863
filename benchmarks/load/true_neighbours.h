#ifndef NESTOR_BENCHMARKS_LOAD_TRUE_NEIGHBOURS_H_
#define NESTOR_BENCHMARKS_LOAD_TRUE_NEIGHBOURS_H_

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "benchmarks/data_identity.h"
#include "benchmarks/float_matrix.h"
#include "benchmarks/load/truth_set.h"
#include "engine/metric.h"

namespace nestor::bench {

struct TrueNeighbourOptions {
  std::string truth = "";  // a file; empty: they are found in the base
  Metric metric = Metric::kCosine;
  uint32_t limit = 10;
  std::optional<uint32_t> kept = std::nullopt;  // only rows with a rank below count
};

// The true neighbours of every query: from the file, without scores, or by comparing with every row
// of `base` (or every row that is kept, by `ranks`), and then with scores and kTieReach rows more
// than the limit, so that ties with the last one are seen. Says on `log` when it computes. The
// errors of benchmarks/truth_file.h.
inline constexpr size_t kTieReach = 16;
absl::StatusOr<std::vector<ScoredNeighbours>> FindTrueNeighbours(
    const TrueNeighbourOptions& options, const DataIdentity& data, const FloatMatrix& base,
    const std::vector<uint32_t>& ranks, const FloatMatrix& queries, std::ostream& log);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_TRUE_NEIGHBOURS_H_
