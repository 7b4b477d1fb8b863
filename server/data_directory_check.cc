#include "server/data_directory_check.h"

#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/snapshot_name.h"
#include "engine/snapshot_reader.h"
#include "storage/checked_file.h"
#include "storage/plain_directory.h"
#include "storage/point_store.h"
#include "storage/status_macros.h"

namespace nestor {

namespace {

constexpr size_t kMaxEntries = 100'000;  // beside the snapshots there may be others

bool IsDirectory(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

DataReport CheckStore(const std::string& directory) {
  DataReport report;
  const absl::StatusOr<std::unique_ptr<PointStore>> store =
      OpenRocksDbStore({.directory = directory, .read_only = true});
  if (!store.ok()) {
    report.problems.emplace_back(store.status().message());
    return report;
  }
  const std::string segments = directory + "/segments";
  if (!IsDirectory(segments)) return CheckData(**store, nullptr, absl::Now());
  const absl::StatusOr<std::unique_ptr<CheckedFiles>> files = CheckedFiles::Open(segments);
  report = CheckData(**store, files.ok() ? files->get() : nullptr, absl::Now());
  if (!files.ok()) report.problems.emplace_back(files.status().message());
  return report;
}

// Names that begin with a '.' are left-overs, which the next start removes.
absl::Status CheckSnapshots(const std::string& path, DataReport* report) {
  NESTOR_ASSIGN_OR_RETURN(const PlainDirectory root, PlainDirectory::Open(path));
  NESTOR_ASSIGN_OR_RETURN(const std::vector<PlainDirectory::Entry> entries, root.List(kMaxEntries));
  for (const PlainDirectory::Entry& entry : entries) {
    if (!IsSnapshotName(entry.name)) continue;
    const absl::StatusOr<PlainDirectory> directory = root.OpenDirectory(entry.name);
    const absl::StatusOr<SnapshotInfo> info =
        directory.ok() ? VerifySnapshot(*directory, entry.name, [] { return absl::OkStatus(); })
                       : directory.status();
    if (info.ok()) {
      report->facts.push_back(absl::StrCat("snapshot '", entry.name, "': ", info->points,
                                           " points, ", info->bytes, " bytes, healthy"));
    } else {
      report->problems.push_back(
          absl::StrCat("snapshot '", entry.name, "': ", info.status().message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

DataReport CheckDataDirectory(const std::string& directory) {
  DataReport report = CheckStore(directory);
  const std::string snapshots = directory + "/snapshots";
  if (!IsDirectory(snapshots)) return report;
  if (const absl::Status status = CheckSnapshots(snapshots, &report); !status.ok()) {
    report.problems.emplace_back(status.message());
  }
  return report;
}

}  // namespace nestor
