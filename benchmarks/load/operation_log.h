#ifndef NESTOR_BENCHMARKS_LOAD_OPERATION_LOG_H_
#define NESTOR_BENCHMARKS_LOAD_OPERATION_LOG_H_

#include <cstddef>
#include <deque>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "benchmarks/load/operation.h"

namespace nestor::bench {

// Calls that one load may make: 640 MB of records.
inline constexpr size_t kMaxOperations = 20'000'000;

// INVALID_ARGUMENT with both numbers when so many calls a second for so long are too many.
absl::Status CheckOperations(double rate, double seconds);
// The highest rate, in whole calls a second, that is not too many; 1 if none is.
double HighestRate(double seconds);

// Every call of a load, in the order in which they ended.
//
// Thread safety: thread-safe. Adding is all that a thread of gRPC does with a record.
class OperationLog {
 public:
  // Beyond `limit` records nothing is kept.
  explicit OperationLog(size_t limit = kMaxOperations) : limit_(limit) {}

  void Add(const OperationRecord& record);
  // No further record fits: the load must end.
  bool full() const;
  // Waits until so many records were added (and kept, and not taken).
  void AwaitSize(size_t records) const;
  // The records from number `first` on, counted from 0.
  std::vector<OperationRecord> From(size_t first) const;
  // All of them, and none is left.
  std::deque<OperationRecord> Take();

 private:
  const size_t limit_;
  mutable absl::Mutex mu_;
  std::deque<OperationRecord> records_ ABSL_GUARDED_BY(mu_);  // which grows without moving them
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_OPERATION_LOG_H_
