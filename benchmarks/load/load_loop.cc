#include "benchmarks/load/load_loop.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace nestor::bench {

int64_t LoadClock::NowNs() const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() -
                                                              start_)
      .count();
}

void LoadClock::SleepUntilNs(int64_t ns) const {
  std::this_thread::sleep_until(start_ + std::chrono::nanoseconds(ns));
}

bool InFlight::TryAdd() {
  absl::MutexLock lock(&mu_);
  if (count_ == limit_) return false;
  most_ = std::max(most_, ++count_);
  return true;
}

void InFlight::Remove() {
  absl::MutexLock lock(&mu_);
  --count_;
}

void InFlight::AwaitNone() const {
  const auto none = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return count_ == 0; };
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(&none));
}

uint64_t InFlight::most() const {
  absl::MutexLock lock(&mu_);
  return most_;
}

void LoadLoop::Send(int64_t intended_ns, std::function<void()> after) {
  Operation operation = source_.Next();
  operation.intended_ns = intended_ns;
  OperationRecord record;
  record.intended_ns = intended_ns;
  record.sent_ns = clock_.NowNs();
  record.query = operation.query;
  record.kind = operation.kind;
  send_(operation, [this, record, after = std::move(after)](const OperationResult& result) mutable {
    record.done_ns = clock_.NowNs();
    record.found = result.found;
    record.code = static_cast<uint8_t>(result.code);
    log_.Add(record);
    after();
  });
}

}  // namespace nestor::bench
