#ifndef NESTOR_BENCHMARKS_STOPWATCH_H_
#define NESTOR_BENCHMARKS_STOPWATCH_H_

#include <time.h>

#include <chrono>

namespace nestor::bench {

// Time since it was made, by the clock that never jumps, and what the processor spent on this
// thread of it: much less where the thread waited, for a disk or for its turn on a busy machine.
//
// Thread safety: none; it belongs to the thread that made it.
class Stopwatch {
 public:
  double Seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  double CpuSeconds() const { return ThreadCpuSeconds() - cpu_start_; }

 private:
  using Clock = std::chrono::steady_clock;

  static double ThreadCpuSeconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }

  const Clock::time_point start_ = Clock::now();
  const double cpu_start_ = ThreadCpuSeconds();
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_STOPWATCH_H_
