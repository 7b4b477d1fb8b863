#include "engine/snapshot_manifest.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/limits.h"
#include "engine/snapshot_name.h"
#include "engine/stored_time.h"
#include "storage/deterministic.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr uint32_t kSection = 1;

// The spec in `record`. What CreateCollection would refuse is refused, and so is what this program
// would not write the same way: it does not understand it.
absl::StatusOr<CollectionSpec> ReadSpec(storage::CollectionRecord record) {
  CollectionSpec spec = FromRecord(record).requested;
  Violations violations;
  ValidateSpec(spec, &violations);
  if (!violations.empty()) return absl::DataLossError(violations.ToStatus().message());
  record.clear_number();
  record.clear_uuid();
  record.clear_create_time_us();
  if (SerializeDeterministically(record) != SerializeDeterministically(ToRecord(spec))) {
    return absl::DataLossError("it has a collection of a kind that this program does not know");
  }
  return spec;
}

absl::Status CheckCounts(const storage::SnapshotRecord& snapshot) {
  if (static_cast<size_t>(snapshot.files_size()) > kMaxSnapshotFiles) {
    return absl::DataLossError(
        absl::StrCat(snapshot.files_size(), " files exceed ", kMaxSnapshotFiles));
  }
  uint64_t points = 0;
  for (const storage::SnapshotRecord::File& file : snapshot.files()) {
    if (file.points() == 0 || file.points() > kMaxSnapshotFilePoints) {
      return absl::DataLossError(absl::StrCat("a file of ", file.points(),
                                              " points is not in 1 to ", kMaxSnapshotFilePoints));
    }
    points += file.points();
  }
  if (points == snapshot.points()) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("its files have ", points, " points, not ", snapshot.points()));
}

}  // namespace

std::string SnapshotPointsName(size_t index) {
  return absl::StrFormat("points-%08d.points", index + 1);
}

absl::Status WriteSnapshotManifest(const storage::SnapshotRecord& snapshot,
                                   const CheckedFiles& files) {
  const std::string bytes = SerializeDeterministically(snapshot);
  return files.Write(kSnapshotManifestName, {{kSection, bytes}}).status();
}

absl::StatusOr<SnapshotManifest> ParseSnapshotManifest(absl::string_view bytes,
                                                       absl::string_view name) {
  SnapshotManifest manifest;
  storage::SnapshotRecord& snapshot = manifest.snapshot;
  if (!snapshot.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("it is no manifest of a snapshot");
  }
  if (snapshot.format() > kSnapshotFormat) {
    return absl::FailedPreconditionError(absl::StrCat("format ", snapshot.format(),
                                                      " is newer than ", kSnapshotFormat,
                                                      ", the newest this program knows"));
  }
  if (snapshot.format() == 0) return absl::DataLossError("it has no format");
  if (snapshot.name() != name || !IsSnapshotName(name) ||
      snapshot.collection().name() != CollectionOfSnapshot(name)) {
    return absl::DataLossError("it is of another snapshot than its directory");
  }
  if (!IsStoredTime(snapshot.create_time_us())) {
    return absl::DataLossError(absl::StrCat("it was made ", snapshot.create_time_us(),
                                            " us after 1970, not in the years 1 to 9999"));
  }
  NESTOR_ASSIGN_OR_RETURN(manifest.spec, ReadSpec(snapshot.collection()));
  NESTOR_RETURN_IF_ERROR(CheckCounts(snapshot));
  return manifest;
}

absl::StatusOr<SnapshotManifest> ReadSnapshotManifest(const PlainDirectory& directory,
                                                      absl::string_view name) {
  NESTOR_ASSIGN_OR_RETURN(const CheckedFileReader file, directory.OpenFile(kSnapshotManifestName));
  if (file.BytesOf(kSection) > kMaxSnapshotManifestBytes) {
    return absl::DataLossError(absl::StrCat(file.path(), ": ", file.BytesOf(kSection),
                                            " bytes exceed ", kMaxSnapshotManifestBytes));
  }
  std::string bytes(file.BytesOf(kSection), '\0');
  NESTOR_RETURN_IF_ERROR(file.Read(kSection, bytes.data(), bytes.size()));
  absl::StatusOr<SnapshotManifest> manifest = ParseSnapshotManifest(bytes, name);
  if (manifest.ok()) return manifest;
  return absl::Status(manifest.status().code(),
                      absl::StrCat(file.path(), ": ", manifest.status().message()));
}

}  // namespace nestor
