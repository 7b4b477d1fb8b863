#ifndef NESTOR_SERVER_SERVICE_STATE_H_
#define NESTOR_SERVER_SERVICE_STATE_H_

#include <atomic>

#include "absl/status/statusor.h"
#include "engine/engine.h"
#include "server/open_streams.h"
#include "server/worker_pool.h"

namespace nestor {

// What the services share. The engine appears once recovery is done; until then every call is
// UNAVAILABLE.
//
// Thread safety: thread-safe.
class ServiceState {
 public:
  ServiceState(WorkerPool& readers, WorkerPool& writers) : readers_(readers), writers_(writers) {}

  void SetEngine(Engine* engine) { engine_ = engine; }
  absl::StatusOr<Engine*> engine() const {
    if (Engine* engine = engine_) return engine;
    return absl::UnavailableError("the server is still recovering its collections; retry later");
  }
  // Calls that wait for something must give up now; streams end.
  void StartDraining() {
    draining_ = true;
    streams_.Drain();
  }
  bool draining() const { return draining_; }

  // Reads use the processor; writes mostly wait for the disk, and more of them at once share one
  // sync.
  WorkerPool& readers() { return readers_; }
  WorkerPool& writers() { return writers_; }
  OpenStreams& streams() { return streams_; }

 private:
  std::atomic<Engine*> engine_{nullptr};
  std::atomic<bool> draining_{false};
  WorkerPool& readers_;
  WorkerPool& writers_;
  OpenStreams streams_;
};

}  // namespace nestor

#endif  // NESTOR_SERVER_SERVICE_STATE_H_
