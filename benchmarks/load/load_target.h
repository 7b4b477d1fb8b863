#ifndef NESTOR_BENCHMARKS_LOAD_LOAD_TARGET_H_
#define NESTOR_BENCHMARKS_LOAD_LOAD_TARGET_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "benchmarks/data_identity.h"
#include "benchmarks/float_matrix.h"
#include "benchmarks/load/operation_mix.h"
#include "benchmarks/load/truth_set.h"
#include "client/client.h"
#include "engine/metric.h"
#include "nestor/v1/points.pb.h"

namespace nestor::bench {

inline constexpr double kDefaultChurn = 0.05;

// What is searched, with what, and how the answers are judged.
struct LoadTargetOptions {
  std::string server = kDefaultServerAddress;
  std::string collection;
  std::string queries;
  std::string base;   // what the collection was loaded from; may be empty if there is a truth
  std::string truth;  // true neighbours of the queries; empty: found in the base
  uint64_t rows = 0;  // of the base; 0: all
  uint32_t limit = 10;
  std::optional<double> filter;   // keeps this share of the points
  bool estimated_scores = false;  // of searches
  OperationMix mix;
  double churn = kDefaultChurn;  // share of the rows that writes may take
};

// A collection on a running server that was read from files, and everything that a load on it
// needs. Ids are row numbers, as `nestor-bench load` gives them.
//
// Thread safety: immutable once it is open.
struct LoadTarget {
  DataIdentity data;  // without what is about the base if there is none
  Metric metric = Metric::kCosine;
  uint32_t limit = 10;
  v1::Collection collection;
  v1::CollectionStats stats;                // when it was opened
  std::vector<v1::SearchRequest> searches;  // one for each query; without a plan
  FloatMatrix base;                         // empty unless there are writes
  std::vector<uint32_t> ranks;              // likewise
  TruthSet truth;
  OperationMix mix;
  uint32_t rows = 0;             // of the base, or points of the collection
  uint32_t first_churned = 0;    // == rows: no churn pool
  std::optional<uint32_t> kept;  // rows that the filter keeps
};

// Asks the server, reads and checks the files, and finds the true neighbours if nobody has; says
// on `log` what takes long. INVALID_ARGUMENT, with both numbers, when dims or counts of files and
// collection differ, and when something needs a base that is not given; UNAVAILABLE and NOT_FOUND
// say how to get a server or the collection.
absl::StatusOr<std::unique_ptr<LoadTarget>> OpenLoadTarget(const LoadTargetOptions& options,
                                                           const Client& client, std::ostream& log);

// The collection's description. UNAVAILABLE and NOT_FOUND as above.
absl::StatusOr<v1::Collection> DescribeCollection(const std::string& server,
                                                  const std::string& name, const Client& client);

// {"name":..,"index":..,...,"points":..,"unindexed_points":..,...}
Json LoadedCollectionJson(const v1::Collection& collection, const v1::CollectionStats& stats);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_LOAD_TARGET_H_
