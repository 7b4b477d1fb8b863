#include "engine/disk_room.h"

#include "absl/strings/str_format.h"
#include "engine/limits.h"

namespace nestor {

absl::Status CheckRoom(double used) {
  if (used < kMaxDiskUsed) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrFormat("the disk is %.1f %% full, and from %.0f %% on only deletes are accepted; "
                      "delete points or free space",
                      100 * used, 100 * kMaxDiskUsed));
}

}  // namespace nestor
