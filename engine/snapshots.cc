#include "engine/snapshots.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "engine/snapshot_name.h"
#include "engine/snapshot_writer.h"
#include "storage/crash_point.h"
#include "storage/crc32c.h"
#include "storage/status_macros.h"

namespace nestor {

absl::StatusOr<SnapshotInfo> Snapshots::Create(absl::string_view collection, StopCheck stop) {
  NESTOR_ASSIGN_OR_RETURN(const std::vector<std::string> names, List(""));
  if (names.size() >= kMaxSnapshots) {
    return absl::ResourceExhaustedError(
        absl::StrCat("there are ", names.size(), " snapshots, the limit is ", kMaxSnapshots));
  }
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> found, engine_.Find(collection));
  const EngineOptions& options = engine_.options();
  const absl::Time now = options.clock();
  const std::string name = SnapshotName(collection, now, Crc32c(options.new_uuid()));
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<DirectoryDraft> draft, directories_->Begin(name));
  {
    const SnapshotSource source(found->spec(), *found->view(), now);
    NESTOR_RETURN_IF_ERROR(WriteSnapshot(source, name, draft->files(), stop));
  }
  NESTOR_ASSIGN_OR_RETURN(const PlainDirectory contents, draft->Contents());
  NESTOR_ASSIGN_OR_RETURN(SnapshotInfo info, VerifySnapshot(contents, name, stop));
  ReachCrashPoint(CrashPoint::kSnapshotWritten);
  NESTOR_RETURN_IF_ERROR(draft->Publish());
  return info;
}

absl::StatusOr<std::vector<std::string>> Snapshots::List(absl::string_view collection) const {
  NESTOR_ASSIGN_OR_RETURN(std::vector<std::string> names, directories_->List());
  std::erase_if(names, [&](const std::string& name) {
    if (!IsSnapshotName(name)) return true;
    return !collection.empty() && CollectionOfSnapshot(name) != collection;
  });
  return names;
}

SnapshotInfo Snapshots::Describe(absl::string_view name) const {
  const absl::StatusOr<PlainDirectory> directory = Find(name);
  absl::StatusOr<SnapshotInfo> info =
      directory.ok() ? DescribeSnapshot(*directory, name) : directory.status();
  if (info.ok()) return *std::move(info);
  SnapshotInfo unreadable;
  unreadable.name = std::string(name);
  if (IsSnapshotName(name)) unreadable.collection = std::string(CollectionOfSnapshot(name));
  unreadable.status = info.status();
  return unreadable;
}

absl::StatusOr<SnapshotInfo> Snapshots::Verify(absl::string_view name, StopCheck stop) const {
  NESTOR_ASSIGN_OR_RETURN(const PlainDirectory directory, Find(name));
  return VerifySnapshot(directory, name, stop);
}

absl::Status Snapshots::Delete(absl::string_view name) {
  NESTOR_RETURN_IF_ERROR(Find(name).status());
  return directories_->Remove(name);
}

absl::StatusOr<std::shared_ptr<Collection>> Snapshots::Restore(absl::string_view name,
                                                               absl::string_view collection,
                                                               StopCheck stop) {
  NESTOR_ASSIGN_OR_RETURN(const PlainDirectory directory, Find(name));
  NESTOR_ASSIGN_OR_RETURN(SnapshotManifest manifest, ReadSnapshotManifest(directory, name));
  manifest.spec.name = std::string(collection);
  Violations violations;
  ValidateSpec(manifest.spec, &violations);
  NESTOR_RETURN_IF_ERROR(violations.ToStatus());
  if (engine_.Find(collection).ok()) {  // before the long part; it is looked at again
    return absl::AlreadyExistsError(absl::StrCat("collection '", collection, "' exists"));
  }
  NESTOR_RETURN_IF_ERROR(VerifySnapshot(directory, name, stop).status());
  return engine_.RestoreCollection(manifest.spec, stop, [&](Engine::RestoreWriter write) {
    std::vector<UpsertItem> alive;
    return ReadSnapshot(directory, manifest, stop, [&](absl::Span<const UpsertItem> points) {
      alive.clear();
      const absl::Time now = engine_.options().clock();
      for (const UpsertItem& point : points) {
        if (point.expire_time > now) alive.push_back(point);
      }
      return write(alive);
    });
  });
}

absl::StatusOr<PlainDirectory> Snapshots::Find(absl::string_view name) const {
  NESTOR_RETURN_IF_ERROR(CheckSnapshotName(name));
  absl::StatusOr<PlainDirectory> directory = directories_->Find(name);
  if (absl::IsNotFound(directory.status())) {
    return absl::NotFoundError(absl::StrCat("no snapshot '", name, "'"));
  }
  return directory;
}

}  // namespace nestor
