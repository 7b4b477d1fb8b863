#include "benchmarks/load/open_loop.h"

#include <sys/prctl.h>

#include <algorithm>

#include "absl/synchronization/notification.h"

namespace nestor::bench {
namespace {

constexpr int64_t kLongestSleepNs = 100'000'000;

}  // namespace

void OpenLoop::Start() {
  absl::Notification begun;
  pacer_ = std::thread([this, &begun] {
    Begin();
    begun.Notify();
    Pace();
  });
  begun.WaitForNotification();
}

void OpenLoop::Join() {
  pacer_.join();
  in_flight_.AwaitNone();
}

void OpenLoop::Pace() {
  prctl(PR_SET_TIMERSLACK, 1);  // by default the kernel wakes a thread up to 50 us late
  while (true) {
    const int64_t intended_ns = schedule_.NextNs();
    if (!AwaitTurn(intended_ns)) return;
    SendOrSkip(intended_ns);
  }
}

// At a low rate the next call may be minutes away, and the end may be told any time.
bool OpenLoop::AwaitTurn(int64_t intended_ns) const {
  while (!Ended(intended_ns)) {
    const int64_t now_ns = NowNs();
    if (now_ns >= intended_ns) return true;
    clock().SleepUntilNs(std::min(intended_ns, now_ns + kLongestSleepNs));
  }
  return false;
}

void OpenLoop::SendOrSkip(int64_t intended_ns) {
  const bool late = absl::Nanoseconds(NowNs() - intended_ns) > give_up_lag_;
  if (!late && in_flight_.TryAdd()) {
    Send(intended_ns, [this] { in_flight_.Remove(); });
    return;
  }
  OperationRecord record;
  record.intended_ns = intended_ns;
  record.sent_ns = OperationRecord::kNotSent;
  record.code = static_cast<uint8_t>(late ? OperationRecord::kLate : OperationRecord::kCrowded);
  log_.Add(record);
}

}  // namespace nestor::bench
