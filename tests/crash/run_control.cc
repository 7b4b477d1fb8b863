#include "tests/crash/run_control.h"

#include "absl/strings/str_cat.h"

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

bool RunControl::GoesOnAfter(const FailedCall& call) {
  const absl::StatusOr<AfterFailure> verdict = judge_(call);
  Report(verdict.status());
  return verdict.ok() && *verdict == AfterFailure::kGoOn;
}

absl::StatusOr<AfterFailure> ServerMayBeAway(const FailedCall& call) {
  if (absl::IsUnavailable(call.status)) return AfterFailure::kEnd;
  return call.status;
}

absl::StatusOr<AfterFailure> DiskMayFail(const FailedCall& call) {
  const absl::Status& status = call.status;
  if (absl::IsUnavailable(status)) return AfterFailure::kGoOn;
  if (absl::IsDataLoss(status) || absl::IsInternal(status) || call.kind == CallKind::kRead) {
    return absl::Status(
        status.code(),
        absl::StrCat(call.kind == CallKind::kRead ? "a read failed: " : "a write failed: ",
                     status.message()));
  }
  if (call.kind == CallKind::kUpkeep || absl::IsUnknown(status) ||
      absl::IsFailedPrecondition(status) || absl::IsResourceExhausted(status)) {
    return AfterFailure::kGoOn;
  }
  return status;
}

}  // namespace nestor::testing
