#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "tests/crash/fault_switches.h"
#include "tests/crash/modes.h"
#include "tests/crash/site.h"
#include "tests/crash/write_health.h"
#include "tests/testing/random_vectors.h"

namespace nestor::testing {
namespace {

constexpr uint32_t kOneIn[] = {128, 1000};
constexpr absl::Duration kRecoversWithin = absl::Seconds(10);

// The disk fails for a while; then all must be as before, without a restart.
absl::Status FailForAWhile(uint32_t one_in, uint64_t seed, FaultSwitches* faults, Site* site,
                           absl::Duration* longest) {
  const std::string address = site->server().address();
  Workload workload(address, seed, DiskMayFail, site->truth());
  workload.Work(absl::Milliseconds(150));
  const uint64_t before = faults->failures;
  faults->fail_one_in = one_in;
  workload.Work(absl::Milliseconds(600));
  // On a slow machine, chance may leave out all of the few operations.
  if (faults->failures == before) faults->fail_one_in = 1;
  workload.WorkUntil([&] { return faults->failures > before; });
  faults->fail_one_in = 0;
  const bool failed = faults->failures > before;
  absl::Duration took;
  absl::Status status = WaitUntilWritable(site->client(), address, kRecoversWithin, &took);
  *longest = std::max(*longest, took);
  workload.Work(absl::Milliseconds(100));
  const absl::Status violation = workload.Stop();
  if (!site->server().IsRunning()) {
    return absl::InternalError(absl::StrCat("the server ended: ", site->server().LastWords()));
  }
  status.Update(violation);
  if (!failed) status.Update(absl::InternalError("nothing has failed"));
  return status.ok() ? site->Verify() : status;
}

}  // namespace

absl::Status RunDiskErrors(const ModeOptions& options) {
  const std::string path = options.directory + "/faults";
  const auto switches = SharedFaultSwitches::Create(path);
  if (!switches.ok()) return switches.status();
  FaultSwitches& faults = ***switches;
  faults.hold_back = 1;  // so that a failed sync loses what it was for

  Site site(options.directory);
  site.AddEnvironment(absl::StrCat(kFaultsVariable, "=", path));
  Random random(options.seed);
  absl::Duration longest;
  absl::Status status = site.StartAndVerify();
  for (int run = 0; run < options.runs && status.ok(); ++run) {
    for (const uint32_t one_in : kOneIn) {
      if (status.ok()) {
        status = FailForAWhile(one_in, random.Below(1U << 30), &faults, &site, &longest);
      }
      site.server().Kill();
      if (status.ok()) status = site.StartAndVerify();
      if (!status.ok()) {
        return absl::Status(status.code(),
                            absl::StrCat("run ", run, ", one in ", one_in, ": ", status.message()));
      }
    }
  }
  if (!status.ok()) return status;
  std::printf("eio: %d runs, %llu failures, %llu of syncs, writable after at most %s: %s\n",
              options.runs, static_cast<unsigned long long>(faults.failures),
              static_cast<unsigned long long>(faults.failed_syncs),
              absl::FormatDuration(longest).c_str(), site.Summary().c_str());
  return absl::OkStatus();
}

}  // namespace nestor::testing
