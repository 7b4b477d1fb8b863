#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/crash/housekeeping.h"
#include "tests/crash/modes.h"
#include "tests/crash/mounted_disk.h"
#include "tests/crash/site.h"
#include "tests/crash/write_health.h"
#include "tests/testing/random_vectors.h"

namespace nestor::testing {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr uint64_t kLeftToTheServer = 24 * kMiB;  // of the disk when it starts
constexpr uint64_t kLeftToWrites = 8 * kMiB;      // when writes begin to fill the disk
constexpr absl::Duration kMostToFill = absl::Seconds(20);
constexpr absl::Duration kWritableWithin = absl::Seconds(10);

// What takes the space of others. Leaves `free_bytes` of it.
class Ballast {
 public:
  explicit Ballast(const std::string& directory)
      : directory_(directory), path_(directory + "/ballast") {}

  void LeaveFree(uint64_t free_bytes) const {
    const std::string page(256 << 10, 'b');
    std::ofstream file(path_, std::ios::binary | std::ios::app);
    while (file && std::filesystem::space(directory_).available > free_bytes) {
      const uint64_t left = std::filesystem::space(directory_).available - free_bytes;
      file.write(page.data(), static_cast<std::streamsize>(std::min<uint64_t>(left, page.size())));
      file.flush();
    }
  }
  void Remove() const { std::filesystem::remove(path_); }

 private:
  const std::string directory_;
  const std::string path_;
};

enum class Filling { kByWrites, kAtOnce };

// Returns when a write was refused.
absl::Status Fill(Filling filling, const Ballast& ballast, const std::atomic<bool>& refused,
                  const Workload& workload) {
  workload.Work(absl::Milliseconds(100));
  // Slowly: the server sees it coming. At once: it runs into it.
  ballast.LeaveFree(filling == Filling::kByWrites ? kLeftToWrites : 0);
  const absl::Time give_up = absl::Now() + kMostToFill;
  while (!refused && absl::Now() < give_up) workload.Work(absl::Milliseconds(10));
  if (!refused) return absl::InternalError("a full disk refused no write");
  workload.Work(absl::Milliseconds(300));
  return absl::OkStatus();
}

absl::Status RunOnce(Filling filling, uint64_t seed, const MountedDisk& disk, Site* site,
                     absl::Duration* longest) {
  // The log takes less than what comes back at the end, so that there is room to open it again.
  const Ballast ballast(disk.path());
  ballast.LeaveFree(kLeftToTheServer);
  absl::Status status = site->StartAndVerify();
  if (!status.ok()) return status;
  std::atomic<bool> refused{false};
  const auto judge = [&refused](const FailedCall& call) {
    if (call.kind == CallKind::kWrite) refused = true;
    return DiskMayFail(call);
  };
  const std::string address = site->server().address();
  Workload workload(address, seed, judge, site->truth());
  status = Fill(filling, ballast, refused, workload);
  if (status.ok() && filling == Filling::kByWrites) status = ProbeDelete(site->client());
  ballast.Remove();
  absl::Duration took;
  if (status.ok()) status = WaitUntilWritable(site->client(), address, kWritableWithin, &took);
  *longest = std::max(*longest, took);
  workload.Work(absl::Milliseconds(100));
  const absl::Status violation = workload.Stop();
  if (!site->server().IsRunning()) {
    return absl::InternalError(absl::StrCat("the server ended: ", site->server().LastWords()));
  }
  status.Update(violation);
  if (status.ok()) status = site->Verify();
  site->server().Kill();
  return status.ok() ? site->StartAndVerify() : status;
}

}  // namespace

absl::Status RunFullDisk(const ModeOptions& options) {
  Random random(options.seed);
  absl::Duration longest;
  for (int run = 0; run < options.runs; ++run) {
    const std::string directory = absl::StrCat(options.directory, "/", run);
    std::filesystem::create_directories(directory);
    const auto disk = MountedDisk::NewTmpfs(directory, (64 + random.Below(33)) * kMiB);
    if (!disk.ok()) return disk.status();
    Site site(directory, (*disk)->path() + "/data");
    const Filling filling = run % 2 == 0 ? Filling::kByWrites : Filling::kAtOnce;
    const absl::Status status = RunOnce(filling, random.Below(1U << 30), **disk, &site, &longest);
    if (!status.ok()) {
      return absl::Status(status.code(), absl::StrCat("run ", run, ": ", status.message()));
    }
    std::printf("enospc: run %d: %s\n", run, site.Summary().c_str());
  }
  std::printf("enospc: %d runs, writable after at most %s\n", options.runs,
              absl::FormatDuration(longest).c_str());
  return absl::OkStatus();
}

}  // namespace nestor::testing
