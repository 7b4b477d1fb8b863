#ifndef NESTOR_TESTS_CRASH_ORACLE_H_
#define NESTOR_TESTS_CRASH_ORACLE_H_

#include <cstdint>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "tests/crash/key_history.h"
#include "tests/crash/versioned_point.h"

namespace nestor::testing {

// Knows every acknowledged and every uncertain write of all keys, and with that what a read may
// see. Each key is written by one client, one write at a time; anyone reads.
//
// Thread safety: thread-safe.
class Oracle {
 public:
  using Seen = KeyHistory::Seen;
  using Write = KeyHistory::Write;
  // What was certain of every key when a read began.
  using Window = std::vector<Version>;

  explicit Oracle(Key keys) : histories_(keys) {}

  Key keys() const { return static_cast<Key>(size_); }
  VersionedKey Begin(Key key, Write write);
  void Acknowledge(absl::Span<const VersionedKey> writes);
  // They certainly did not happen.
  void Refuse(absl::Span<const VersionedKey> writes);

  // Before a read is sent, and after its answer came: DataLossError saying what was seen of `key`
  // and what could have been, unless some order of the acknowledged and uncertain writes explains
  // it.
  Window OpenWindow() const;
  absl::Status Check(const Window& window, Key key, Seen seen);
  // When nothing is in flight: as Check, and what was uncertain about `key` no longer is.
  absl::Status Settle(Key key, Seen seen);

  // From now on nothing becomes certain, whatever is acknowledged or seen, until Settle() of each
  // key and Believe(): the disk has no power, and what its server still says nobody would hear.
  void Disbelieve();
  void Believe();

  // The newest write of `key` that may have happened; nothing if that is a delete.
  Seen Last(Key key) const;

  uint64_t acknowledged() const;
  uint64_t begun() const;

 private:
  absl::Status CheckLocked(Version floor, Key key, Seen seen) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  mutable absl::Mutex mu_;
  std::vector<KeyHistory> histories_ ABSL_GUARDED_BY(mu_);
  const size_t size_ = histories_.size();
  bool believing_ ABSL_GUARDED_BY(mu_) = true;
  uint64_t acknowledged_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t begun_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_ORACLE_H_
