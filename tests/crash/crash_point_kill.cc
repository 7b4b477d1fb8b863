// Instead of the product's ReachCrashPoint: NESTOR_CRASH_POINT=name:n in the environment lets the
// process kill itself when it reaches that point for the n-th time.

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "storage/crash_point.h"

namespace nestor {
namespace {

struct Target {
  absl::string_view name;
  int pass = 0;  // 0: never
};

Target ReadTarget() {
  Target target;
  const char* text = std::getenv("NESTOR_CRASH_POINT");
  if (text == nullptr) return target;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(absl::string_view(text), absl::MaxSplits(':', 1));
  target.name = parts.first;
  if (!absl::SimpleAtoi(parts.second, &target.pass)) std::abort();
  return target;
}

}  // namespace

void ReachCrashPoint(CrashPoint point) {
  static const Target target = ReadTarget();
  static std::atomic<int> passes{0};
  if (target.pass == 0 || kCrashPointNames[static_cast<size_t>(point)] != target.name) return;
  if (++passes == target.pass) kill(getpid(), SIGKILL);
}

}  // namespace nestor
