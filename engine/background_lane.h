#ifndef NESTOR_ENGINE_BACKGROUND_LANE_H_
#define NESTOR_ENGINE_BACKGROUND_LANE_H_

#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace nestor {

// A thread that does one kind of background work whenever it may be due.
//
// Thread safety: thread-safe.
class BackgroundLane {
 public:
  enum class Priority {
    kNormal,
    kLow,  // yields the processor to searches, as do the threads that `work` starts
  };

  // `work` does what is due and returns. It also runs every `interval` without being asked.
  BackgroundLane(std::function<void()> work, absl::Duration interval, Priority priority);
  // Waits for `work` to return if it is running.
  ~BackgroundLane();

  // Work may be due. Cheap; calls while work runs make it run once more.
  void Wake();

 private:
  void Loop(Priority priority);

  const std::function<void()> work_;
  const absl::Duration interval_;
  absl::Mutex mu_;
  bool due_ ABSL_GUARDED_BY(mu_) = false;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_BACKGROUND_LANE_H_
