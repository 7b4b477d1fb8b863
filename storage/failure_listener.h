#ifndef NESTOR_STORAGE_FAILURE_LISTENER_H_
#define NESTOR_STORAGE_FAILURE_LISTENER_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "rocksdb/listener.h"

namespace nestor {

// Remembers the first failure after which a store must not write: of a write itself, or of work in
// the background. RocksDB recovers from some of them by itself, and would go on with a log whose
// last record may or may not be there; we open the store again instead, which reads the log and
// knows.
//
// Thread safety: thread-safe.
class FailureListener final : public rocksdb::EventListener {
 public:
  // OK until there was a failure, then an error naming it: see PointStore::Writable.
  absl::Status Writable() const ABSL_LOCKS_EXCLUDED(mutex_);
  // `code` is that of Writable from now on.
  void Remember(absl::StatusCode code, const std::string& failure) ABSL_LOCKS_EXCLUDED(mutex_);

  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override;

 private:
  mutable absl::Mutex mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);  // OK: none
};

}  // namespace nestor

#endif  // NESTOR_STORAGE_FAILURE_LISTENER_H_
