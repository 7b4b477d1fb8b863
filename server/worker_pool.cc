#include "server/worker_pool.h"

#include <algorithm>
#include <utility>

namespace nestor {

WorkerPool::WorkerPool(int threads, size_t queue_limit, size_t queue_bytes_limit)
    : queue_limit_(queue_limit), queue_bytes_limit_(queue_bytes_limit) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Loop(); });
}

WorkerPool::~WorkerPool() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::TrySubmit(size_t bytes, const void* key, std::function<void()> task) {
  absl::MutexLock lock(&mu_);
  if (stopping_ || queue_.size() >= queue_limit_) return false;
  if (!queue_.empty() && queued_bytes_ + bytes > queue_bytes_limit_) return false;
  queue_.push_back({bytes, key, std::move(task)});
  queued_bytes_ += bytes;
  return true;
}

void WorkerPool::Withdraw(absl::Span<const void* const> keys) {
  absl::MutexLock lock(&mu_);
  const auto withdrawn = [&](const Task& task) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (task.key == nullptr) return false;
    if (std::find(keys.begin(), keys.end(), task.key) == keys.end()) return false;
    queued_bytes_ -= task.bytes;
    return true;
  };
  queue_.erase(std::remove_if(queue_.begin(), queue_.end(), withdrawn), queue_.end());
}

void WorkerPool::Loop() {
  const auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return stopping_ || !queue_.empty();
  };
  for (;;) {
    Task task;
    {
      absl::MutexLock lock(&mu_);
      mu_.Await(absl::Condition(&ready));
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
      queued_bytes_ -= task.bytes;
    }
    task.run();
  }
}

}  // namespace nestor
