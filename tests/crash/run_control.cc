#include "tests/crash/run_control.h"

namespace nestor::testing {

void RunControl::Stop() {
  absl::MutexLock lock(&mu_);
  stopping_ = true;
}

bool RunControl::stopping() const {
  absl::MutexLock lock(&mu_);
  return stopping_;
}

void RunControl::Report(const absl::Status& violation) {
  if (violation.ok()) return;
  absl::MutexLock lock(&mu_);
  violation_.Update(violation);
  stopping_ = true;
}

absl::Status RunControl::violation() const {
  absl::MutexLock lock(&mu_);
  return violation_;
}

void RunControl::Pause(absl::Duration duration) const {
  absl::MutexLock lock(&mu_);
  mu_.AwaitWithTimeout(absl::Condition(&stopping_), duration);
}

bool RunControl::GoesOnAfter(const absl::Status& failure, absl::Time began) {
  const absl::StatusOr<AfterFailure> verdict = judge_(failure, began);
  Report(verdict.status());
  return verdict.ok() && *verdict == AfterFailure::kGoOn;
}

absl::StatusOr<AfterFailure> ServerMayBeAway(const absl::Status& failure, absl::Time) {
  if (absl::IsUnavailable(failure)) return AfterFailure::kEnd;
  return failure;
}

}  // namespace nestor::testing
