#ifndef NESTOR_ENGINE_SNAPSHOT_READER_H_
#define NESTOR_ENGINE_SNAPSHOT_READER_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/search_types.h"
#include "engine/snapshot_manifest.h"
#include "engine/write_types.h"
#include "storage/plain_directory.h"
#include "storage/types.h"

namespace nestor {

// What a snapshot says of itself.
struct SnapshotInfo {
  std::string name;
  std::string collection;  // that it is of
  absl::Time create_time;
  uint64_t points = 0;
  uint64_t bytes = 0;   // of its files
  Sequence sequence{};  // of the last write that is in it
  absl::Status status;  // not OK: it cannot be read, and only name and collection are known
};

// Reads the manifest and looks at which files there are: exactly those that it names, and no links.
// The errors of ReadSnapshotManifest, and DataLossError naming a file that is missing or does not
// belong there.
absl::StatusOr<SnapshotInfo> DescribeSnapshot(const PlainDirectory& directory,
                                              absl::string_view name);

// Reads everything in snapshot `name`, which `directory` is, and hands the points to `visit` in the
// order of their ids, some at a time. Every byte is under a checksum and every point is valid; see
// ReadSnapshotPoints for what that means, and for the errors besides those of DescribeSnapshot.
// What was visited before an error must be thrown away.
absl::Status ReadSnapshot(const PlainDirectory& directory, const SnapshotManifest& manifest,
                          StopCheck stop,
                          absl::FunctionRef<absl::Status(absl::Span<const UpsertItem>)> visit);

// Reads all of it, for nothing but the errors.
absl::StatusOr<SnapshotInfo> VerifySnapshot(const PlainDirectory& directory, absl::string_view name,
                                            StopCheck stop);

}  // namespace nestor

#endif  // NESTOR_ENGINE_SNAPSHOT_READER_H_
