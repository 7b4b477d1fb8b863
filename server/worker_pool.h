#ifndef NESTOR_SERVER_WORKER_POOL_H_
#define NESTOR_SERVER_WORKER_POOL_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"

namespace nestor {

// A fixed number of threads and a queue in front of them that is bounded in tasks and in bytes.
// Full means "no" at once, not later.
//
// Thread safety: thread-safe.
class WorkerPool {
 public:
  // REQUIRES: threads >= 1, queue_limit >= 1.
  WorkerPool(int threads, size_t queue_limit, size_t queue_bytes_limit);
  // Runs what was accepted, then stops.
  ~WorkerPool();

  int threads() const { return static_cast<int>(threads_.size()); }

  // False if `queue_limit` tasks are waiting already, or if what waits would hold more than
  // `queue_bytes_limit` with the `bytes` that this one holds; `task` is then not run. A task is
  // always accepted when none is waiting.
  [[nodiscard]] bool TrySubmit(size_t bytes, std::function<void()> task) {
    return TrySubmit(bytes, nullptr, std::move(task));
  }
  // The same for a task that can be told by `key`, until it begins.
  [[nodiscard]] bool TrySubmit(size_t bytes, const void* key, std::function<void()> task);
  // Drops the tasks with one of these keys that have not begun.
  void Withdraw(absl::Span<const void* const> keys);

 private:
  struct Task {
    size_t bytes;
    const void* key;  // null: none
    std::function<void()> run;
  };

  void Loop();

  const size_t queue_limit_;
  const size_t queue_bytes_limit_;
  absl::Mutex mu_;
  std::deque<Task> queue_ ABSL_GUARDED_BY(mu_);
  size_t queued_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace nestor

#endif  // NESTOR_SERVER_WORKER_POOL_H_
