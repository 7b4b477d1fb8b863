#ifndef NESTOR_TESTS_CRASH_MOUNTED_DISK_H_
#define NESTOR_TESTS_CRASH_MOUNTED_DISK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace nestor::testing {

// A small file system of its own, mounted while this lives. Needs root, and what the kernel or a
// container may not offer: UnimplementedError says what is missing.
//
// Thread safety: none.
class MountedDisk {
 public:
  // ext4 on a loop device over a file in `directory`, of which the power can be cut.
  static absl::StatusOr<std::unique_ptr<MountedDisk>> NewExt4(const std::string& directory,
                                                              uint64_t bytes);
  // In memory, and soon full.
  static absl::StatusOr<std::unique_ptr<MountedDisk>> NewTmpfs(const std::string& directory,
                                                               uint64_t bytes);
  ~MountedDisk();

  const std::string& path() const { return path_; }
  // ext4 only. From here on nothing reaches the device, and its journal's last part neither: what
  // was not synced is lost. All operations fail until PowerOn(), before which all files must be
  // closed.
  absl::Status CutPower() const;
  absl::Status PowerOn() const;

 private:
  MountedDisk(std::string path, std::string image)
      : path_(std::move(path)), image_(std::move(image)) {}

  const std::string path_;
  const std::string image_;  // empty: tmpfs
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_MOUNTED_DISK_H_
