#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/crash/modes.h"
#include "tests/crash/site.h"
#include "tests/testing/random_vectors.h"

namespace nestor::testing {
namespace {

constexpr absl::Duration kMostToEnd = absl::Seconds(10);
constexpr absl::Duration kMostToServeAgain = absl::Seconds(1);
// A call that a client began so long before the signal has reached the server by then.
constexpr absl::Duration kOnTheWay = absl::Milliseconds(50);

struct Longest {
  absl::Duration end;
  absl::Duration start;
};

// Under load: every call that the server has must be answered, and it must end with 0.
absl::Status TerminateUnderLoad(absl::Duration work, uint64_t seed, Site* site, Longest* longest) {
  std::atomic<int64_t> signal_ns{absl::ToUnixNanos(absl::InfiniteFuture())};
  const auto judge = [&signal_ns](const FailedCall& call) -> absl::StatusOr<AfterFailure> {
    // gRPC cancels what arrives while it shuts down.
    const bool is_away = absl::IsUnavailable(call.status) || absl::IsCancelled(call.status);
    if (is_away && call.began > absl::FromUnixNanos(signal_ns) - kOnTheWay) {
      return AfterFailure::kEnd;
    }
    return absl::InternalError(absl::StrCat("a call in flight failed: ", call.status.ToString()));
  };
  Workload workload(site->server().address(), seed, judge, site->truth());
  workload.Work(work);
  const absl::Time signalled = absl::Now();
  signal_ns = absl::ToUnixNanos(signalled);
  site->server().RequestTermination();
  const bool ended = site->server().WaitForEnd(kMostToEnd);
  longest->end = std::max(longest->end, absl::Now() - signalled);
  site->server().Kill();
  const absl::Status violation = workload.Stop();
  if (!violation.ok()) return violation;
  if (!ended) return absl::InternalError("the server did not end in time");
  const int status = site->server().wait_status();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("wait status ", status, ": ", site->server().LastWords()));
}

absl::Status StartAndVerify(Site* site, Longest* longest) {
  const absl::Time began = absl::Now();
  const absl::Status started = site->Start();
  const absl::Duration took = absl::Now() - began;
  longest->start = std::max(longest->start, took);
  if (!started.ok()) return started;
  if (took > kMostToServeAgain) {
    return absl::InternalError(absl::StrCat("the next start took ", absl::FormatDuration(took)));
  }
  return site->Verify();
}

}  // namespace

absl::Status RunTerminate(const ModeOptions& options) {
  Site site(options.directory);
  Random random(options.seed);
  Longest longest;
  absl::Status status = StartAndVerify(&site, &longest);
  for (int run = 0; run < options.runs && status.ok(); ++run) {
    const absl::Duration work = absl::Milliseconds(random.Uniform(50, 500));
    status = TerminateUnderLoad(work, random.Below(1U << 30), &site, &longest);
    if (status.ok()) status = StartAndVerify(&site, &longest);
    if (!status.ok()) {
      return absl::Status(status.code(), absl::StrCat("run ", run, ": ", status.message()));
    }
  }
  std::printf("terminate: %d runs: ended within %s, served again within %s: %s\n", options.runs,
              absl::FormatDuration(longest.end).c_str(),
              absl::FormatDuration(longest.start).c_str(), site.Summary().c_str());
  return status;
}

}  // namespace nestor::testing
