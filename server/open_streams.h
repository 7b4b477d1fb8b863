#ifndef NESTOR_SERVER_OPEN_STREAMS_H_
#define NESTOR_SERVER_OPEN_STREAMS_H_

#include <atomic>
#include <cstddef>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "engine/limits.h"

namespace nestor {

struct StreamLimits {
  size_t bytes = kMaxStreamBytes;  // that the messages of all streams hold together
  // When they hold that much, a client that took no answer for so long holds up the others no more.
  absl::Duration patience = absl::Seconds(30);
};

// What all open streams share: a bound on the memory that their messages hold together, and the
// word that the server shuts down, which streams that only wait would not notice.
//
// Thread safety: thread-safe.
class OpenStreams {
 public:
  class Stream {
   public:
    // The server shuts down: finish what is being done and end. Must not call OpenStreams.
    virtual void Drain() = 0;
    // Cancels it if an answer has waited for its client since before `then`; whether it did. Must
    // not call OpenStreams.
    virtual bool CancelIfStuck(absl::Time then) = 0;

   protected:
    ~Stream() = default;
  };

  explicit OpenStreams(const StreamLimits& limits) : limits_(limits) {}

  // Drains `stream` at once if the server shuts down already.
  void Add(Stream* stream);
  // `stream` is not called any more after this.
  void Remove(Stream* stream);
  void Drain();

  void Hold(size_t bytes) { held_ += bytes; }
  void Release(size_t bytes) { held_ -= bytes; }
  // The streams hold that much or more: nothing further may be read.
  bool full() const { return held_ >= limits_.bytes; }
  // For a stream that waits because of that, and holds no lock.
  void MakeRoom(absl::Time now);

 private:
  const StreamLimits limits_;
  absl::Mutex mu_;
  absl::Time next_look_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
  absl::flat_hash_set<Stream*> streams_ ABSL_GUARDED_BY(mu_);
  bool draining_ ABSL_GUARDED_BY(mu_) = false;
  std::atomic<size_t> held_{0};
};

}  // namespace nestor

#endif  // NESTOR_SERVER_OPEN_STREAMS_H_
