#ifndef NESTOR_ENGINE_DISK_ROOM_H_
#define NESTOR_ENGINE_DISK_ROOM_H_

#include "absl/status/status.h"

namespace nestor {

// Whether a disk of which the share `used` is in use, 0 to 1, takes more points.
// ResourceExhaustedError from kMaxDiskUsed on.
absl::Status CheckRoom(double used);

}  // namespace nestor

#endif  // NESTOR_ENGINE_DISK_ROOM_H_
