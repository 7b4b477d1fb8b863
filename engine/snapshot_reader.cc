#include "engine/snapshot_reader.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "engine/snapshot_name.h"
#include "engine/snapshot_points.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

// Checks that the files are those of the manifest; what they take together.
absl::StatusOr<uint64_t> CheckFiles(const PlainDirectory& directory,
                                    const storage::SnapshotRecord& snapshot) {
  std::set<std::string> missing = {std::string(kSnapshotManifestName)};
  for (int i = 0; i < snapshot.files_size(); ++i) {
    missing.insert(SnapshotPointsName(static_cast<size_t>(i)));
  }
  NESTOR_ASSIGN_OR_RETURN(const std::vector<PlainDirectory::Entry> entries,
                          directory.List(kMaxSnapshotFiles + 2));
  uint64_t bytes = 0;
  for (const PlainDirectory::Entry& entry : entries) {
    if (missing.erase(entry.name) == 0) {
      return absl::DataLossError(absl::StrCat(
          directory.path(), " is damaged: ", absl::CEscape(entry.name), " does not belong there"));
    }
    if (entry.kind != PlainDirectory::Entry::Kind::kFile) {
      return absl::DataLossError(absl::StrCat(
          directory.path(), " is damaged: ", absl::CEscape(entry.name), " is no regular file"));
    }
    bytes += entry.bytes;
  }
  if (missing.empty()) return bytes;
  return absl::DataLossError(
      absl::StrCat(directory.path(), " is damaged: ", *missing.begin(), " is missing"));
}

absl::StatusOr<SnapshotInfo> InfoOf(const PlainDirectory& directory,
                                    const storage::SnapshotRecord& snapshot) {
  SnapshotInfo info;
  NESTOR_ASSIGN_OR_RETURN(info.bytes, CheckFiles(directory, snapshot));
  info.name = snapshot.name();
  info.collection = snapshot.collection().name();
  info.create_time = absl::FromUnixMicros(snapshot.create_time_us());
  info.points = snapshot.points();
  info.sequence = Sequence{snapshot.sequence()};
  return info;
}

}  // namespace

absl::StatusOr<SnapshotInfo> DescribeSnapshot(const PlainDirectory& directory,
                                              absl::string_view name) {
  NESTOR_ASSIGN_OR_RETURN(const SnapshotManifest manifest, ReadSnapshotManifest(directory, name));
  return InfoOf(directory, manifest.snapshot);
}

absl::Status ReadSnapshot(const PlainDirectory& directory, const SnapshotManifest& manifest,
                          StopCheck stop,
                          absl::FunctionRef<absl::Status(absl::Span<const UpsertItem>)> visit) {
  NESTOR_RETURN_IF_ERROR(CheckFiles(directory, manifest.snapshot).status());
  PointId last;
  for (int i = 0; i < manifest.snapshot.files_size(); ++i) {
    NESTOR_RETURN_IF_ERROR(stop());
    const storage::SnapshotRecord::File& expected = manifest.snapshot.files(i);
    NESTOR_ASSIGN_OR_RETURN(const CheckedFileReader file,
                            directory.OpenFile(SnapshotPointsName(static_cast<size_t>(i))));
    if (file.crc() != expected.crc()) {
      return absl::DataLossError(
          absl::StrCat(file.path(), " is another file than the one that the manifest names"));
    }
    NESTOR_RETURN_IF_ERROR(
        ReadSnapshotPoints(file, manifest.spec, expected.points(), &last, visit));
  }
  return absl::OkStatus();
}

absl::StatusOr<SnapshotInfo> VerifySnapshot(const PlainDirectory& directory, absl::string_view name,
                                            StopCheck stop) {
  NESTOR_ASSIGN_OR_RETURN(const SnapshotManifest manifest, ReadSnapshotManifest(directory, name));
  NESTOR_RETURN_IF_ERROR(ReadSnapshot(
      directory, manifest, stop, [](absl::Span<const UpsertItem>) { return absl::OkStatus(); }));
  return InfoOf(directory, manifest.snapshot);
}

}  // namespace nestor
