#include <cstdio>

#include "absl/strings/str_cat.h"
#include "tests/crash/modes.h"
#include "tests/crash/site.h"
#include "tests/testing/random_vectors.h"

namespace nestor::testing {
namespace {

constexpr int kGroup = 10;  // runs between two checks of the recall, and two lines of output

absl::Status RunOnce(int run, Random* random, Site* site) {
  absl::Status status = site->StartAndVerify();
  if (status.ok() && run % kGroup == kGroup - 1) status = site->CheckRecallAcrossKill();
  if (!status.ok()) return status;
  return site->WorkAndKill(absl::Milliseconds(random->Uniform(30, 300)), random->Below(1U << 30));
}

}  // namespace

absl::Status RunKill(const ModeOptions& options) {
  Site site(options.directory);
  Random random(options.seed);
  absl::Status status;
  for (int run = 0; run < options.runs && status.ok(); ++run) {
    status = RunOnce(run, &random, &site);
    if (!status.ok()) {
      return absl::Status(status.code(), absl::StrCat("run ", run, ": ", status.message()));
    }
    if (run % kGroup == kGroup - 1) {
      std::printf("kill: %d runs: %s\n", run + 1, site.Summary().c_str());
      std::fflush(stdout);
    }
  }
  status = site.StartAndVerify();
  if (!status.ok()) return status;
  std::printf("kill: %d runs: %s\n", options.runs, site.Summary().c_str());
  return absl::OkStatus();
}

}  // namespace nestor::testing
