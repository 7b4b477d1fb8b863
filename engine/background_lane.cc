#include "engine/background_lane.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>

namespace nestor {
namespace {

// On Linux a thread has a nice value of its own, and the threads it starts inherit it. At 5 it
// still gets a quarter of a processor that a search wants as well, so that indexing never starves.
// A refusal costs speed, nothing else.
void LowerThreadPriority() {
  constexpr int kBackgroundNice = 5;
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), kBackgroundNice);
}

}  // namespace

BackgroundLane::BackgroundLane(std::function<void()> work, absl::Duration interval,
                               Priority priority)
    : work_(std::move(work)), interval_(interval), thread_([this, priority] { Loop(priority); }) {}

BackgroundLane::~BackgroundLane() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  thread_.join();
}

void BackgroundLane::Wake() {
  absl::MutexLock lock(&mu_);
  due_ = true;
}

void BackgroundLane::Loop(Priority priority) {
  if (priority == Priority::kLow) LowerThreadPriority();
  const auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return due_ || stopping_; };
  for (;;) {
    {
      absl::MutexLock lock(&mu_);
      mu_.AwaitWithTimeout(absl::Condition(&ready), interval_);
      if (stopping_) return;
      due_ = false;
    }
    work_();
  }
}

}  // namespace nestor
