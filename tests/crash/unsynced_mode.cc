#include <cstdio>

#include "absl/strings/str_cat.h"
#include "tests/crash/fault_switches.h"
#include "tests/crash/modes.h"
#include "tests/crash/site.h"
#include "tests/testing/random_vectors.h"

namespace nestor::testing {

absl::Status RunUnsynced(const ModeOptions& options) {
  const std::string path = options.directory + "/faults";
  const auto switches = SharedFaultSwitches::Create(path);
  if (!switches.ok()) return switches.status();
  FaultSwitches& faults = ***switches;
  faults.hold_back = 1;

  Site site(options.directory);
  site.AddEnvironment(absl::StrCat(kFaultsVariable, "=", path));
  Random random(options.seed);
  absl::Status status = site.StartAndVerify();
  // Any other moment is for `kill`.
  const auto something_waits = [&] { return faults.held_bytes > 0; };
  uint64_t dropped_bytes = 0;
  int dropping_kills = 0;
  for (int run = 0; run < options.runs && status.ok(); ++run) {
    faults.tear = run % 2;
    status = site.WorkAndKill(absl::Milliseconds(random.Uniform(30, 300)), random.Below(1U << 30),
                              something_waits);
    const uint64_t dropped = faults.held_bytes.exchange(0);
    dropped_bytes += dropped;
    if (dropped > 0) ++dropping_kills;
    if (status.ok()) status = site.StartAndVerify();
    if (!status.ok()) {
      return absl::Status(status.code(), absl::StrCat("run ", run, ": ", status.message()));
    }
  }
  if (!status.ok()) return status;
  if (dropping_kills == 0) return absl::InternalError("no kill has dropped anything");
  std::printf("unsynced: %d runs, %d of them dropped %llu bytes: %s\n", options.runs,
              dropping_kills, static_cast<unsigned long long>(dropped_bytes),
              site.Summary().c_str());
  return absl::OkStatus();
}

}  // namespace nestor::testing
