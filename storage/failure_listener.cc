#include "storage/failure_listener.h"

#include "absl/strings/str_cat.h"

namespace nestor {

absl::Status FailureListener::Writable() const {
  absl::ReaderMutexLock lock(&mutex_);
  return failure_;
}

void FailureListener::Remember(absl::StatusCode code, const std::string& failure) {
  absl::MutexLock lock(&mutex_);
  failure_.Update(absl::Status(code, absl::StrCat("store is read-only after ", failure)));
}

// After a soft error RocksDB goes on writing, and tries what failed again.
void FailureListener::OnBackgroundError(rocksdb::BackgroundErrorReason reason,
                                        rocksdb::Status* error) {
  if (error->severity() < rocksdb::Status::Severity::kHardError) return;
  const bool by_a_write = reason == rocksdb::BackgroundErrorReason::kWriteCallback;
  Remember(
      error->IsCorruption() ? absl::StatusCode::kDataLoss : absl::StatusCode::kFailedPrecondition,
      absl::StrCat(by_a_write ? "a failed write: " : "failed work in the background: ",
                   error->ToString()));
}

}  // namespace nestor
