#ifndef NESTOR_SERVER_SERVICE_STATE_H_
#define NESTOR_SERVER_SERVICE_STATE_H_

#include <atomic>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "engine/engine.h"
#include "engine/snapshots.h"
#include "server/open_streams.h"
#include "server/worker_pool.h"

namespace nestor {

// What the services share. While there is no engine, because it is being recovered, every call is
// UNAVAILABLE, and those that run already are told to stop.
//
// Thread safety: thread-safe.
class ServiceState {
 public:
  ServiceState(WorkerPool& readers, WorkerPool& writers, WorkerPool& slow_workers,
               const StreamLimits& streams)
      : readers_(readers), writers_(writers), slow_workers_(slow_workers), streams_(streams) {}

  // Null: there is none. `snapshots` are those of its collections, and live as long.
  void SetEngine(std::shared_ptr<Engine> engine, Snapshots* snapshots) {
    if (snapshots != nullptr) snapshots_ = snapshots;  // first: who sees the engine may use them
    has_engine_ = engine != nullptr;
    absl::MutexLock lock(&mu_);
    engine_ = std::move(engine);
  }
  // Hold it for one call, no longer: it is waited for.
  absl::StatusOr<std::shared_ptr<Engine>> engine() const {
    absl::MutexLock lock(&mu_);
    if (engine_ != nullptr) return engine_;
    return NoEngine();
  }
  absl::Status CheckEngine() const { return has_engine_ ? absl::OkStatus() : NoEngine(); }
  // REQUIRES: the caller holds an engine.
  Snapshots& snapshots() const { return *snapshots_; }
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
  // One call at a time may take minutes, and the whole disk.
  WorkerPool& slow_workers() { return slow_workers_; }
  OpenStreams& streams() { return streams_; }

 private:
  static absl::Status NoEngine() {
    return absl::UnavailableError("the server is still recovering its collections; retry later");
  }

  std::atomic<bool> has_engine_{false};
  mutable absl::Mutex mu_;
  std::shared_ptr<Engine> engine_ ABSL_GUARDED_BY(mu_);
  std::atomic<Snapshots*> snapshots_{nullptr};
  std::atomic<bool> draining_{false};
  WorkerPool& readers_;
  WorkerPool& writers_;
  WorkerPool& slow_workers_;
  OpenStreams streams_;
};

}  // namespace nestor

#endif  // NESTOR_SERVER_SERVICE_STATE_H_
