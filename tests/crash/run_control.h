#ifndef NESTOR_TESTS_CRASH_RUN_CONTROL_H_
#define NESTOR_TESTS_CRASH_RUN_CONTROL_H_

#include <functional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace nestor::testing {

enum class AfterFailure { kGoOn, kEnd };

// Upkeep: what keeps the server busy, and which no promise of an answer is about.
enum class CallKind { kRead, kWrite, kUpkeep };

struct FailedCall {
  absl::Status status;
  CallKind kind;
  absl::Time began;
};

// What a client does after a call failed. A call that should not have failed is a violation: an
// error that says so.
using JudgeFailure = std::function<absl::StatusOr<AfterFailure>(const FailedCall& call)>;

// What the threads of one run share: when to stop, and what went wrong first.
//
// Thread safety: thread-safe.
class RunControl {
 public:
  explicit RunControl(JudgeFailure judge) : judge_(std::move(judge)) {}

  void Stop();
  bool stopping() const;
  // Stops the run as well. OK is no violation.
  void Report(const absl::Status& violation);
  absl::Status violation() const;
  // Returns early when the run stops.
  void Pause(absl::Duration duration) const;

  // Of a call that failed: judges, reports, and says whether the client goes on.
  bool GoesOnAfter(const FailedCall& call);

 private:
  const JudgeFailure judge_;
  mutable absl::Mutex mu_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  absl::Status violation_ ABSL_GUARDED_BY(mu_);
};

// The judge of runs that end the server: it may be away, nothing else.
absl::StatusOr<AfterFailure> ServerMayBeAway(const FailedCall& call);
// The judge of runs with a disk that fails or is full: the server lives, reads go on but for the
// moment in which the store is opened again, writes are refused or uncertain.
absl::StatusOr<AfterFailure> DiskMayFail(const FailedCall& call);

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_RUN_CONTROL_H_
