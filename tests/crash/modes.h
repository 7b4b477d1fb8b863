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
};

// Each runs a server again and again, does one kind of harm to it, and checks what it has
// afterwards. They print what they did. An error says what did not hold; UnimplementedError that
// this machine cannot do such harm.

// SIGKILL at a random moment.
absl::Status RunKill(const ModeOptions& options);
// SIGKILL at each named crash point, `runs` times each.
absl::Status RunCrashPoints(const ModeOptions& options);

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_MODES_H_
