#ifndef NESTOR_BENCHMARKS_LOAD_LOAD_LOOP_H_
#define NESTOR_BENCHMARKS_LOAD_LOAD_LOOP_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "benchmarks/load/operation.h"
#include "benchmarks/load/operation_log.h"
#include "benchmarks/load/operation_source.h"

namespace nestor::bench {

// Sends one call and returns without waiting for the answer; `done` is called once with it, by
// another thread.
using OperationDone = std::function<void(const OperationResult&)>;
using SendFunction = std::function<void(const Operation&, OperationDone done)>;

// Nanoseconds since it was made, by the clock that never jumps.
//
// Thread safety: immutable.
class LoadClock {
 public:
  int64_t NowNs() const;
  void SleepUntilNs(int64_t ns) const;

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// The calls that wait for their answers.
//
// Thread safety: thread-safe.
class InFlight {
 public:
  explicit InFlight(uint64_t limit) : limit_(limit) {}

  bool TryAdd();  // false: there are as many as there may be
  void Remove();
  void AwaitNone() const;
  uint64_t most() const;  // at any one time

 private:
  const uint64_t limit_;
  mutable absl::Mutex mu_;
  uint64_t count_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t most_ ABSL_GUARDED_BY(mu_) = 0;
};

// Sends calls from a source until it is told to end, and logs each when it is answered. When the
// next call is sent is what the two kinds (open_loop.h, closed_loop.h) differ in.
//
// Thread safety: Start() and Join() by one thread, once; the others by any, NowNs() after Start().
class LoadLoop {
 public:
  virtual ~LoadLoop() = default;

  // The load begins: its time counts from here.
  virtual void Start() = 0;
  // Waits for the end, and then until every call is answered.
  virtual void Join() = 0;

  int64_t NowNs() const { return clock_.NowNs(); }
  // No call is intended for `ns` or later. Without it a load goes on until its log is full.
  void EndAt(int64_t ns) { end_ns_ = ns; }
  uint64_t most_in_flight() const { return in_flight_.most(); }

 protected:
  // All must outlive this.
  LoadLoop(OperationSource& source, SendFunction send, OperationLog& log, uint64_t max_in_flight)
      : source_(source), send_(std::move(send)), log_(log), in_flight_(max_in_flight) {}

  // What Start() does first, before any call is sent.
  void Begin() { clock_ = LoadClock(); }
  const LoadClock& clock() const { return clock_; }
  // Whether a call that is intended for `ns` comes too late for this load.
  bool Ended(int64_t ns) const { return ns >= end_ns_ || log_.full(); }
  // Sends the next call of the source. When it is answered and logged, calls `after`.
  void Send(int64_t intended_ns, std::function<void()> after);

  OperationSource& source_;
  const SendFunction send_;
  OperationLog& log_;
  InFlight in_flight_;

 private:
  LoadClock clock_;
  std::atomic<int64_t> end_ns_{std::numeric_limits<int64_t>::max()};
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_LOAD_LOOP_H_
