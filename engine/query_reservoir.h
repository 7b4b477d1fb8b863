#ifndef NESTOR_ENGINE_QUERY_RESERVOIR_H_
#define NESTOR_ENGINE_QUERY_RESERVOIR_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"

namespace nestor {

// A sample of the queries that a collection was searched with, in memory only: the first ones, and
// then one of kShare of those that follow, each in the place of one chosen by chance, so that what
// is kept is of the last kShare times as many queries.
//
// Thread safety: thread-safe.
class QueryReservoir {
 public:
  static constexpr uint64_t kShare = 16;

  QueryReservoir(size_t capacity, size_t dims) : capacity_(capacity), dims_(dims) {}

  // REQUIRES: query.size() is the dims. Takes a lock only for those that are kept.
  void Offer(absl::Span<const float> query);

  size_t size() const;
  // Copies of those that are kept, in random order.
  std::vector<std::vector<float>> Sample() const;

 private:
  const size_t capacity_;
  const size_t dims_;
  std::atomic<uint64_t> offered_{0};
  mutable absl::Mutex mu_;
  std::unique_ptr<float[]> values_ ABSL_GUARDED_BY(mu_);  // row-major; made for the first query
  size_t size_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_QUERY_RESERVOIR_H_
