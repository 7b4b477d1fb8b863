#ifndef NESTOR_SERVER_OPEN_STREAMS_H_
#define NESTOR_SERVER_OPEN_STREAMS_H_

#include <atomic>
#include <cstddef>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "engine/limits.h"

namespace nestor {

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

   protected:
    ~Stream() = default;
  };

  // Drains `stream` at once if the server shuts down already.
  void Add(Stream* stream);
  // `stream` is not called any more after this.
  void Remove(Stream* stream);
  void Drain();

  void Hold(size_t bytes) { held_ += bytes; }
  void Release(size_t bytes) { held_ -= bytes; }
  // The streams hold kMaxStreamBytes or more: nothing further may be read.
  bool full() const { return held_ >= kMaxStreamBytes; }

 private:
  absl::Mutex mu_;
  absl::flat_hash_set<Stream*> streams_ ABSL_GUARDED_BY(mu_);
  bool draining_ ABSL_GUARDED_BY(mu_) = false;
  std::atomic<size_t> held_{0};
};

}  // namespace nestor

#endif  // NESTOR_SERVER_OPEN_STREAMS_H_
