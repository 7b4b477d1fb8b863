#include "storage/obsolete_logs.h"

#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "rocksdb/env.h"
#include "storage/log_files.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

absl::Status Failed(absl::string_view what, const std::string& path,
                    const rocksdb::Status& status) {
  return absl::UnavailableError(absl::StrCat("cannot ", what, " ", path, ": ", status.ToString()));
}

absl::Status SyncDirectory(rocksdb::Env& env, const std::string& path) {
  std::unique_ptr<rocksdb::Directory> directory;
  rocksdb::Status status = env.NewDirectory(path, &directory);
  if (status.ok()) status = directory->Fsync();
  return status.ok() ? absl::OkStatus() : Failed("sync", path, status);
}

}  // namespace

absl::Status RemoveObsoleteLogs(rocksdb::DB& db, const std::string& directory) {
  std::unique_ptr<rocksdb::LogFile> current;
  const rocksdb::Status status = db.GetCurrentWalFile(&current);
  if (!status.ok()) return Failed("find the log of", directory, status);
  NESTOR_ASSIGN_OR_RETURN(const std::vector<LogFile> logs, ListLogFiles(directory));
  rocksdb::Env& env = *db.GetEnv();
  for (const LogFile& log : logs) {
    if (log.number >= current->LogNumber()) continue;
    const rocksdb::Status removed = env.DeleteFile(log.path);
    // RocksDB may remove it at the same time.
    if (!removed.ok() && env.FileExists(log.path).ok()) return Failed("remove", log.path, removed);
  }
  return SyncDirectory(env, directory);
}

}  // namespace nestor
