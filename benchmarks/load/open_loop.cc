#include "benchmarks/load/open_loop.h"

#include <sys/prctl.h>

namespace nestor::bench {

void OpenLoop::Start() {
  pacer_ = std::thread([this] { Pace(); });
}

void OpenLoop::Join() {
  pacer_.join();
  in_flight_.AwaitNone();
}

void OpenLoop::Pace() {
  prctl(PR_SET_TIMERSLACK, 1);  // by default the kernel wakes a thread up to 50 us late
  while (true) {
    const int64_t intended_ns = schedule_.NextNs();
    if (Ended(intended_ns)) return;
    clock_.SleepUntilNs(intended_ns);
    if (Ended(intended_ns)) return;  // it may have been told meanwhile
    SendOrSkip(intended_ns);
  }
}

void OpenLoop::SendOrSkip(int64_t intended_ns) {
  const bool late = clock_.NowNs() - intended_ns > absl::ToInt64Nanoseconds(kGiveUpLag);
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
