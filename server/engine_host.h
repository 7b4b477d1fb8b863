#ifndef NESTOR_SERVER_ENGINE_HOST_H_
#define NESTOR_SERVER_ENGINE_HOST_H_

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "engine/background_lane.h"
#include "engine/engine.h"
#include "engine/snapshots.h"
#include "server/health_service.h"
#include "server/service_state.h"
#include "storage/point_store.h"

namespace nestor {

// Opens the engine of a data directory, and keeps it open. When the disk fails, the store takes no
// more writes, and the server is read-only: searches and reads go on, health says NOT_SERVING for
// "write". Once the disk works again, store and engine are opened anew, as a restart would do it,
// which settles whether the write that failed is there. While that lasts, calls are UNAVAILABLE.
// After damage it stays read-only: opening again would find it again.
//
// Thread safety: one thread at a time.
class EngineHost {
 public:
  struct Options {
    RocksDbStoreOptions store;
    int index_threads = 1;
    double audit_share = 0;
    absl::Duration settles_after = absl::InfiniteDuration();  // see EngineOptions
  };
  // `state` and `health` must outlive it, and are told of every change.
  EngineHost(Options options, ServiceState& state, HealthService& health);
  // Waits for the calls that use the engine.
  ~EngineHost();

  // Opens the store and recovers every collection. The store's errors.
  absl::Status Start();
  // Whether it is opening the store again: that may take long, and there is nothing to lose.
  bool reopening() const { return reopening_; }

 private:
  absl::Status Open();
  // Waits for the calls that use the engine: they are told to stop.
  void Close();
  // Looks after the store; of the lane alone.
  void Watch();
  absl::Status TryToOpen();

  const Options options_;
  ServiceState& state_;
  HealthService& health_;

  std::unique_ptr<Engine> engine_;  // null while it cannot be opened
  std::unique_ptr<Snapshots> snapshots_;
  std::unique_ptr<absl::Notification> unused_;  // when no call uses engine_ any more
  bool failed_ = false;                         // as it was last told
  std::string last_error_;                      // of opening again, that was logged
  absl::Time next_try_ = absl::InfinitePast();
  absl::Time opened_ = absl::InfinitePast();    // again, the last time
  absl::Duration wait_ = absl::ZeroDuration();  // after an opening that did not last
  std::atomic<bool> reopening_{false};
  std::unique_ptr<BackgroundLane> watching_;  // made last: it uses the others
};

}  // namespace nestor

#endif  // NESTOR_SERVER_ENGINE_HOST_H_
