#include "storage/checked_directories.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "rocksdb/env.h"
#include "storage/crash_point.h"
#include "storage/directory.h"
#include "storage/rocksdb_status.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr absl::string_view kTemporaryPrefix = ".tmp-";
constexpr size_t kMaxEntries = 100'000;  // of the root: there is room for what is not ours

std::string TemporaryName(absl::string_view name) { return absl::StrCat(kTemporaryPrefix, name); }

}  // namespace

absl::StatusOr<std::unique_ptr<CheckedDirectories>> CheckedDirectories::Open(
    const std::string& root, rocksdb::Env* env) {
  if (env == nullptr) env = rocksdb::Env::Default();
  NESTOR_RETURN_IF_ERROR(CreateDirectories(root));
  NESTOR_ASSIGN_OR_RETURN(PlainDirectory directory, PlainDirectory::Open(root));
  std::unique_ptr<CheckedDirectories> directories(
      new CheckedDirectories(std::move(directory), env));
  directories->RemoveLeftovers();
  return directories;
}

// What cannot be removed takes space until the next start, and is no directory of ours to anybody.
void CheckedDirectories::RemoveLeftovers() const {
  const absl::StatusOr<std::vector<PlainDirectory::Entry>> entries = root_.List(kMaxEntries);
  if (!entries.ok()) return;
  for (const PlainDirectory::Entry& entry : *entries) {
    if (absl::StartsWith(entry.name, kTemporaryPrefix)) (void)root_.RemoveDirectory(entry.name);
  }
}

absl::StatusOr<std::unique_ptr<DirectoryDraft>> CheckedDirectories::Begin(
    absl::string_view name) const {
  NESTOR_ASSIGN_OR_RETURN(const std::vector<std::string> names, List());
  if (std::find(names.begin(), names.end(), name) != names.end()) {
    return absl::AlreadyExistsError(absl::StrCat(root_.path(), "/", name, " exists"));
  }
  const std::string path = absl::StrCat(root_.path(), "/", TemporaryName(name));
  // Fails if there is something of that name, be it a link: what is written here is inside.
  if (const rocksdb::Status made = env_->CreateDir(path); !made.ok()) {
    return FromRocksDb(made, absl::StrCat("create ", path));
  }
  ReachCrashPoint(CrashPoint::kDirectoryBegun);
  std::unique_ptr<DirectoryDraft> draft(new DirectoryDraft(*this, name));
  NESTOR_ASSIGN_OR_RETURN(draft->files_, CheckedFiles::Open(path, env_));
  return draft;
}

absl::StatusOr<std::vector<std::string>> CheckedDirectories::List() const {
  NESTOR_ASSIGN_OR_RETURN(const std::vector<PlainDirectory::Entry> entries,
                          root_.List(kMaxEntries));
  std::vector<std::string> names;
  for (const PlainDirectory::Entry& entry : entries) {
    if (!absl::StartsWith(entry.name, ".")) names.push_back(entry.name);
  }
  return names;
}

absl::StatusOr<PlainDirectory> CheckedDirectories::Find(absl::string_view name) const {
  return root_.OpenDirectory(name);
}

absl::Status CheckedDirectories::Remove(absl::string_view name) const {
  NESTOR_ASSIGN_OR_RETURN(const PlainDirectory directory, root_.OpenDirectory(name));
  NESTOR_RETURN_IF_ERROR(directory.CheckRemovable());
  NESTOR_RETURN_IF_ERROR(root_.Rename(name, TemporaryName(name)));
  NESTOR_RETURN_IF_ERROR(root_.Sync());
  ReachCrashPoint(CrashPoint::kDirectoryHidden);
  NESTOR_RETURN_IF_ERROR(root_.RemoveDirectory(TemporaryName(name)));
  return root_.Sync();
}

std::string DirectoryDraft::temporary() const { return TemporaryName(name_); }

DirectoryDraft::~DirectoryDraft() {
  // What stays is removed by the next start.
  if (!published_) (void)directories_.root_.RemoveDirectory(temporary());
}

absl::StatusOr<PlainDirectory> DirectoryDraft::Contents() const {
  return directories_.root_.OpenDirectory(temporary());
}

absl::Status DirectoryDraft::Publish() {
  const PlainDirectory& root = directories_.root_;
  rocksdb::Env* const env = directories_.env_;
  const std::string from = absl::StrCat(root.path(), "/", temporary());
  const std::string to = absl::StrCat(root.path(), "/", name_);
  if (const rocksdb::Status renamed = env->RenameFile(from, to); !renamed.ok()) {
    return FromRocksDb(renamed, absl::StrCat("rename ", from));
  }
  ReachCrashPoint(CrashPoint::kDirectoryRenamed);
  std::unique_ptr<rocksdb::Directory> directory;
  rocksdb::Status synced = env->NewDirectory(root.path(), &directory);
  if (synced.ok()) synced = directory->Fsync();
  if (synced.ok()) {
    published_ = true;
    return absl::OkStatus();
  }
  // Back under the name that nobody sees, if that still works.
  (void)root.Rename(name_, temporary());
  return FromRocksDb(synced, absl::StrCat("sync ", root.path()));
}

}  // namespace nestor
