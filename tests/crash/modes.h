#ifndef NESTOR_TESTS_CRASH_MODES_H_
#define NESTOR_TESTS_CRASH_MODES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace nestor::testing {

struct ModeOptions {
  int runs = 1;
  uint64_t seed = 1;
  std::string directory;  // exists and is empty; holds all that the mode writes
  std::string point;      // of crash-points: only this one; empty: all
};

// Each runs a server again and again, does one kind of harm to it, and checks what it has
// afterwards. They print what they did. An error says what did not hold; UnimplementedError that
// this machine cannot do such harm.

// SIGKILL at a random moment.
absl::Status RunKill(const ModeOptions& options);
// SIGKILL at each named crash point, `runs` times each.
absl::Status RunCrashPoints(const ModeOptions& options);
// Bits flipped, ends cut off, pages zeroed and files swapped while no server runs.
absl::Status RunCorrupt(const ModeOptions& options);
// SIGKILL when what was written and not synced is lost, or torn.
absl::Status RunUnsynced(const ModeOptions& options);
// The power of the disk is cut, see mounted_disk.h.
absl::Status RunPowerCut(const ModeOptions& options);
// SIGTERM under load.
absl::Status RunTerminate(const ModeOptions& options);
// One operation of the disk in 128, then in 1000, fails for a while.
absl::Status RunDiskErrors(const ModeOptions& options);
// The disk is full for a while, by and by or at once.
absl::Status RunFullDisk(const ModeOptions& options);

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_MODES_H_
