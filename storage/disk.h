#ifndef NESTOR_STORAGE_DISK_H_
#define NESTOR_STORAGE_DISK_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

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

// Whether a store in `directory` that failed may be opened again: a small file can be written,
// synced, read and removed, and there is room for what opening writes. ResourceExhaustedError if
// there is not, UnavailableError if the disk fails. `env`: see RocksDbStoreOptions.
absl::Status CheckDiskWorks(const std::string& directory, rocksdb::Env* env);

}  // namespace nestor

#endif  // NESTOR_STORAGE_DISK_H_
