#ifndef NESTOR_BENCHMARKS_LOAD_CALLS_IN_FLIGHT_H_
#define NESTOR_BENCHMARKS_LOAD_CALLS_IN_FLIGHT_H_

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace nestor::bench {

// Makes `count` calls, `concurrency` of them at a time: start(i, done) begins call i, and
// done(status) is to be called, by any thread, when it is over. Returns when all are, with the
// first error; after one none is begun. REQUIRES: concurrency > 0.
class CallsInFlight {
 public:
  using Done = std::function<void(const absl::Status&)>;
  using Start = std::function<void(size_t call, Done done)>;

  static absl::Status Run(size_t count, size_t concurrency, const Start& start) {
    CallsInFlight calls(count, start);
    for (size_t i = 0; i < std::min(count, concurrency); ++i) calls.StartNext();
    absl::MutexLock lock(&calls.mu_);
    calls.mu_.Await(absl::Condition(&calls, &CallsInFlight::over));
    return calls.status_;
  }

 private:
  CallsInFlight(size_t count, const Start& start) : start_(start), left_(count), count_(count) {}

  bool over() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return left_ == 0 && in_flight_ == 0; }

  void StartNext() {
    size_t call = 0;
    {
      absl::MutexLock lock(&mu_);
      if (left_ == 0) return;
      call = count_ - left_--;
      ++in_flight_;
    }
    start_(call, [this](const absl::Status& status) {
      {
        absl::MutexLock lock(&mu_);
        if (!status.ok()) {
          if (status_.ok()) status_ = status;
          left_ = 0;
        }
      }
      StartNext();
      absl::MutexLock lock(&mu_);  // the last thing that is touched: Run may return
      --in_flight_;
    });
  }

  const Start& start_;
  absl::Mutex mu_;
  size_t left_ ABSL_GUARDED_BY(mu_);
  const size_t count_;
  size_t in_flight_ ABSL_GUARDED_BY(mu_) = 0;
  absl::Status status_ ABSL_GUARDED_BY(mu_);
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_CALLS_IN_FLIGHT_H_
