#ifndef NESTOR_ENGINE_SNAPSHOT_MANIFEST_H_
#define NESTOR_ENGINE_SNAPSHOT_MANIFEST_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/collection_spec.h"
#include "storage/checked_file.h"
#include "storage/plain_directory.h"
#include "storage/records.pb.h"

// A snapshot is a directory of checked files and nothing else:
//
//   docs-20261126T121730Z-0a1b2c3d/    see engine/snapshot_name.h
//     manifest                         section 1: storage::SnapshotRecord
//     points-00000001.points           see engine/snapshot_points.h
//     points-00000002.points           ... none for a collection without points
//
// The manifest has the checksum of the header of every points file, which has those of its
// sections; ids ascend from file to file.

namespace nestor {

inline constexpr uint32_t kSnapshotFormat = 1;
inline constexpr absl::string_view kSnapshotManifestName = "manifest";

// Of the file at `index`, from 0.
std::string SnapshotPointsName(size_t index);

absl::Status WriteSnapshotManifest(const storage::SnapshotRecord& snapshot,
                                   const CheckedFiles& files);

// A manifest whose own content is believed: `snapshot` is checked, `spec` is what it says.
struct SnapshotManifest {
  storage::SnapshotRecord snapshot;
  CollectionSpec spec;
};

// What is in the manifest of snapshot `name` in `directory`. DataLossError naming the file and what
// is wrong; FailedPreconditionError for a newer format, naming both.
absl::StatusOr<SnapshotManifest> ReadSnapshotManifest(const PlainDirectory& directory,
                                                      absl::string_view name);
// The same of the bytes of its section; the errors do not name the file.
absl::StatusOr<SnapshotManifest> ParseSnapshotManifest(absl::string_view bytes,
                                                       absl::string_view name);

}  // namespace nestor

#endif  // NESTOR_ENGINE_SNAPSHOT_MANIFEST_H_
