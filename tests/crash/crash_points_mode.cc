#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/crash_point.h"
#include "tests/crash/modes.h"
#include "tests/crash/site.h"
#include "tests/testing/random_vectors.h"

namespace nestor::testing {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(120);  // with a sanitizer; else a second will do
constexpr absl::Duration kFirstLife = absl::Seconds(1);
constexpr size_t kMostAttempts = 4;  // for each run that reached its point

// How many passes there are in a second or so: the crash comes at any of them.
size_t PassesOf(absl::string_view point) {
  if (absl::StrContains(point, "commit") || absl::StrContains(point, "publish")) return 60;
  if (absl::StartsWith(point, "file-") && point != "file-set-aside") return 3;
  return point == "before-forget" ? 3 : 1;
}

// A bit of any segment file is flipped, so that the next start sets it aside.
absl::Status DamageASegment(const Site& site, Random* random) {
  std::vector<std::filesystem::path> segments;
  for (const auto& entry : std::filesystem::directory_iterator(site.data() + "/segments")) {
    if (entry.path().extension() == ".segment") segments.push_back(entry.path());
  }
  if (segments.empty()) return absl::NotFoundError("no segment has a file");
  const std::filesystem::path& path = segments[random->Below(segments.size())];
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const auto offset = static_cast<std::streamoff>(random->Below(std::filesystem::file_size(path)));
  file.seekg(offset);
  const int byte = file.get();
  file.seekp(offset);
  file.put(static_cast<char>(byte ^ 1));
  return file.good() ? absl::OkStatus() : absl::UnavailableError("cannot damage a segment");
}

// The clients work until the server ends by itself. False if it does not, and is killed.
absl::StatusOr<bool> WorkUntilEnd(uint64_t seed, Site* site) {
  Workload workload(site->server().address(), seed, ServerMayBeAway, site->truth());
  const bool ended = site->server().WaitForEnd(kPatience);
  site->server().Kill();
  const absl::Status violation = workload.Stop();
  if (!violation.ok()) return violation;
  return ended;
}

// Whether the point was reached. The server is gone afterwards.
absl::StatusOr<bool> CrashAt(absl::string_view point, Random* random, Site* site) {
  if (point == "file-set-aside") {
    absl::Status status = site->WaitForIndex();
    site->server().Kill();
    if (status.ok()) status = DamageASegment(*site, random);
    if (!status.ok()) return status;
  } else {
    site->server().Kill();
  }
  const size_t pass = 1 + random->Below(PassesOf(point));
  const absl::Status started = site->Start({absl::StrCat("NESTOR_CRASH_POINT=", point, ":", pass)});
  // A server that kills itself while it starts closes its sockets a moment before it is gone.
  bool ended = !started.ok() && site->server().WaitForEnd(kPatience);
  if (!ended) {
    if (!started.ok()) return started;
    const absl::StatusOr<bool> worked = WorkUntilEnd(random->Below(1U << 30), site);
    if (!worked.ok()) return worked;
    ended = *worked;
  }
  const int status = site->server().wait_status();
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return ended;
  return absl::InternalError(
      absl::StrCat("the server ended otherwise: ", site->server().LastWords()));
}

absl::Status CrashRuns(absl::string_view point, int runs, Random* random, Site* site) {
  int reached = 0;
  size_t attempts = 0;
  while (reached < runs && attempts < kMostAttempts * static_cast<size_t>(runs)) {
    ++attempts;
    const absl::StatusOr<bool> crashed = CrashAt(point, random, site);
    if (!crashed.ok()) return crashed.status();
    if (*crashed) ++reached;
    const absl::Status verified = site->StartAndVerify();
    if (!verified.ok()) return verified;
  }
  std::printf("crash-points: %s: reached in %d of %zu attempts\n", std::string(point).c_str(),
              reached, attempts);
  std::fflush(stdout);
  if (reached >= runs) return absl::OkStatus();
  return absl::InternalError("the point was not reached often enough");
}

}  // namespace

absl::Status RunCrashPoints(const ModeOptions& options) {
  Site site(options.directory);
  Random random(options.seed);
  absl::Status status = site.StartAndVerify();
  // Some of these points are reached by a start alone: there must be something to recover.
  if (status.ok()) status = site.WorkAndKill(kFirstLife, random.Below(1U << 30));
  if (status.ok()) status = site.StartAndVerify();
  for (const absl::string_view point : kCrashPointNames) {
    if (!status.ok()) return status;
    if (!options.point.empty() && point != options.point) continue;
    status = CrashRuns(point, options.runs, &random, &site);
    if (!status.ok()) {
      return absl::Status(status.code(), absl::StrCat(point, ": ", status.message()));
    }
  }
  std::printf("crash-points: %s\n", site.Summary().c_str());
  return status;
}

}  // namespace nestor::testing
