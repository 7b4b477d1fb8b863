#ifndef NESTOR_STORAGE_DISK_H_
#define NESTOR_STORAGE_DISK_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace nestor {

// The space of a file system, as `df` counts it: what is reserved for root is neither.
struct DiskSpace {
  uint64_t used_bytes = 0;
  uint64_t available_bytes = 0;

  // Of what there is for us; 0 where the file system does not say.
  double used_share() const {
    const uint64_t all = used_bytes + available_bytes;
    return all == 0 ? 0 : static_cast<double>(used_bytes) / static_cast<double>(all);
  }
};

// Of the file system that `directory` is on. UnavailableError if it does not say.
absl::StatusOr<DiskSpace> ReadDiskSpace(const std::string& directory);

// How full the disk of a store is, asked often: looks at most ten times a second. What RocksDB has
// reserved for its log and does not use (70 MiB when a log begins) counts as available.
//
// Thread safety: thread-safe.
class DiskGauge {
 public:
  explicit DiskGauge(std::string directory) : directory_(std::move(directory)) {}

  // As DiskSpace::used_share; 0 while the file system does not say.
  double used_share() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  const std::string directory_;
  absl::Mutex mu_;
  absl::Time looked_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
  double share_ ABSL_GUARDED_BY(mu_) = 0;
};

// Whether a store in `directory` that failed may be opened again: a small file can be written,
// synced, read and removed, and there is room for what opening writes. ResourceExhaustedError if
// there is not, UnavailableError if the disk fails. `env`: see RocksDbStoreOptions.
absl::Status CheckDiskWorks(const std::string& directory, rocksdb::Env* env);

}  // namespace nestor

#endif  // NESTOR_STORAGE_DISK_H_
