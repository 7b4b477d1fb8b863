#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tests/crash/modes.h"
#include "tests/crash/mounted_disk.h"
#include "tests/crash/site.h"
#include "tests/testing/random_vectors.h"

namespace nestor::testing {
namespace {

constexpr uint64_t kDiskBytes = uint64_t{512} << 20;
constexpr char kContent[] = "1234567890";

enum class Durable { kYes, kNo };

bool WriteFile(const std::string& path, Durable durable) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return false;
  bool done = write(file, kContent, sizeof(kContent)) == sizeof(kContent);
  if (durable == Durable::kYes) done &= fsync(file) == 0;
  close(file);
  return done;
}

size_t SizeOnDisk(const std::string& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? 0 : bytes;
}

// A cut that loses nothing would prove nothing.
absl::Status CheckThatCutsLoseWhatIsNotSynced(const MountedDisk& disk) {
  const std::string synced = disk.path() + "/synced";
  const std::string unsynced = disk.path() + "/unsynced";
  if (!WriteFile(synced, Durable::kYes) || !WriteFile(unsynced, Durable::kNo)) {
    return absl::InternalError("cannot write to the disk");
  }
  absl::Status status = disk.CutPower();
  if (status.ok()) status = disk.PowerOn();
  if (!status.ok()) return status;
  if (SizeOnDisk(synced) != sizeof(kContent)) return absl::InternalError("a synced file was lost");
  if (SizeOnDisk(unsynced) != 0)
    return absl::InternalError("an unsynced file survived a power cut");
  return absl::OkStatus();
}

absl::Status WorkAndCutPower(absl::Duration duration, uint64_t seed, const MountedDisk& disk,
                             Site* site) {
  // A server whose disk is gone fails its writes; what it says then is as good as no answer.
  const auto judge = [](const FailedCall&) { return AfterFailure::kEnd; };
  Workload workload(site->server().address(), seed, judge, site->truth());
  workload.Work(duration);
  // ext4 answers a sync that runs into the cut as if it were done.
  for (Oracle* oracle : {site->truth().docs, site->truth().scratch}) oracle->Disbelieve();
  absl::Status status = disk.CutPower();
  site->server().Kill();
  const absl::Status violation = workload.Stop();
  for (Oracle* oracle : {site->truth().docs, site->truth().scratch}) oracle->Believe();
  if (status.ok()) status = violation;
  return status.ok() ? disk.PowerOn() : status;
}

}  // namespace

absl::Status RunPowerCut(const ModeOptions& options) {
  const auto disk = MountedDisk::NewExt4(options.directory, kDiskBytes);
  if (!disk.ok()) return disk.status();
  Site site(options.directory, (*disk)->path() + "/data");
  Random random(options.seed);
  absl::Status status = CheckThatCutsLoseWhatIsNotSynced(**disk);
  if (status.ok()) status = site.StartAndVerify();
  for (int run = 0; run < options.runs && status.ok(); ++run) {
    const absl::Duration work = absl::Milliseconds(random.Uniform(50, 500));
    status = WorkAndCutPower(work, random.Below(1U << 30), **disk, &site);
    if (status.ok()) status = site.StartAndVerify();
    if (!status.ok()) {
      status = absl::Status(status.code(), absl::StrCat("run ", run, ": ", status.message()));
    }
  }
  if (status.ok()) {
    std::printf("power-cut: %d runs: %s\n", options.runs, site.Summary().c_str());
    site.server().Kill();
  }
  return status;
}

}  // namespace nestor::testing
