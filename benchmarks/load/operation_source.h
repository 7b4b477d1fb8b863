#ifndef NESTOR_BENCHMARKS_LOAD_OPERATION_SOURCE_H_
#define NESTOR_BENCHMARKS_LOAD_OPERATION_SOURCE_H_

#include <cstdint>
#include <random>
#include <set>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "benchmarks/load/operation.h"
#include "benchmarks/load/operation_mix.h"

namespace nestor::bench {

struct OperationSourceOptions {
  OperationMix mix;
  uint32_t queries = 1;        // at least 1
  uint32_t first_churned = 0;  // rows first_churned .. rows - 1 are the churn pool
  uint32_t rows = 0;           // more than first_churned, if the mix has writes
  double explain = 0;          // share of the searches
  uint64_t seed = 1;
};

// What a load sends, one call after the other, the same from the same seed. Every query is asked
// once, in random order, before any is asked again; writes take rows of the churn pool at random.
//
// Thread safety: thread-safe.
class OperationSource {
 public:
  explicit OperationSource(const OperationSourceOptions& options);

  Operation Next();
  // Rows that were to be deleted: they may be missing now.
  std::set<uint32_t> deleted() const;

 private:
  double Draw() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);  // in [0, 1)
  uint32_t NextQuery() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const OperationSourceOptions options_;
  mutable absl::Mutex mu_;
  std::mt19937_64 random_ ABSL_GUARDED_BY(mu_);
  std::vector<uint32_t> order_ ABSL_GUARDED_BY(mu_);  // of the queries
  size_t next_ ABSL_GUARDED_BY(mu_) = 0;
  std::set<uint32_t> deleted_ ABSL_GUARDED_BY(mu_);
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_OPERATION_SOURCE_H_
