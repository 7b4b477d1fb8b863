#ifndef NESTOR_TESTS_CRASH_WORKLOAD_H_
#define NESTOR_TESTS_CRASH_WORKLOAD_H_

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/crash/figures.h"
#include "tests/crash/oracle.h"
#include "tests/crash/run_control.h"

namespace nestor::testing {

// What one run writes into, and who knows about it; must outlive the run.
struct Truth {
  Oracle* docs;     // the points of collection kDocs
  Oracle* scratch;  // the collections that come and go, see housekeeping.h
  Figures* figures;
};

// Several clients of one server that write and read at the same time, one that keeps house, and one
// that makes snapshots and restores them.
//
// Thread safety: one thread owns it.
class Workload {
 public:
  static constexpr Key kClients = 4;

  // Begins at once.
  Workload(const std::string& address, uint64_t seed, JudgeFailure judge, const Truth& truth);
  ~Workload();  // Stop()

  // Ends all clients after their call. The first violation, if there was one.
  absl::Status Stop();
  // Lets them work that long, or until there is a violation.
  void Work(absl::Duration duration) const { control_.Pause(duration); }
  // Lets them work on until `moment`, a minute at the most, or until there is a violation.
  void WorkUntil(const std::function<bool()>& moment) const;

 private:
  RunControl control_;
  std::vector<std::thread> threads_;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_WORKLOAD_H_
