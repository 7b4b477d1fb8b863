#ifndef NESTOR_ENGINE_SNAPSHOTS_H_
#define NESTOR_ENGINE_SNAPSHOTS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/engine.h"
#include "engine/search_types.h"
#include "engine/snapshot_reader.h"
#include "storage/checked_directories.h"

namespace nestor {

// The snapshots of an engine's collections: see engine/snapshot_manifest.h for what one is. A
// snapshot may come from another server, or from anybody, by copying its directory: nothing in one
// is believed before it is checked, and nothing outside its directory is read or written for it.
//
//   Snapshots snapshots(*engine, CheckedDirectories::Open("/data/snapshots").value());
//   SnapshotInfo info = snapshots.Create("docs", stop).value();
//   snapshots.Restore(info.name, "docs-again", stop);
//
// Names: InvalidArgumentError if `name` is no name of a snapshot (engine/snapshot_name.h),
// NotFoundError if there is no such snapshot, FailedPreconditionError if a link or a file has that
// name.
//
// Thread safety: thread-safe. Of two Create at once both may find room for the last snapshot.
class Snapshots {
 public:
  // `engine` must outlive this.
  Snapshots(Engine& engine, std::unique_ptr<CheckedDirectories> directories)
      : engine_(engine), directories_(std::move(directories)) {}

  // Writes a snapshot of one point in time of the collection, reads all of it back, and makes it
  // visible. Writes and searches go on meanwhile; what they delete keeps its space until the end.
  // Expired points are left out. NotFoundError if there is no such collection;
  // ResourceExhaustedError at kMaxSnapshots, or if the disk is full; what `stop` says; the store's
  // errors. After an error there is nothing of it.
  absl::StatusOr<SnapshotInfo> Create(absl::string_view collection, StopCheck stop);

  // Names of all snapshots of `collection` (empty: of all), ascending.
  absl::StatusOr<std::vector<std::string>> List(absl::string_view collection) const;
  // What the manifest says; the points are not looked at. If it cannot be read, info.status says
  // why: such a snapshot can still be deleted.
  SnapshotInfo Describe(absl::string_view name) const;
  // Reads all of it. DataLossError naming the file and what is wrong.
  absl::StatusOr<SnapshotInfo> Verify(absl::string_view name, StopCheck stop) const;
  absl::Status Delete(absl::string_view name);

  // A new collection called `collection` as the one that the snapshot is of was then, without what
  // has expired since. Ids, vectors, payloads and times are the same bytes; versions are new, and
  // the index is built in the background. The snapshot is verified first. Errors as of Verify and
  // Engine::RestoreCollection, and InvalidArgumentError if `collection` is no name of a collection.
  absl::StatusOr<std::shared_ptr<Collection>> Restore(absl::string_view name,
                                                      absl::string_view collection, StopCheck stop);

 private:
  absl::StatusOr<PlainDirectory> Find(absl::string_view name) const;

  Engine& engine_;
  const std::unique_ptr<CheckedDirectories> directories_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_SNAPSHOTS_H_
