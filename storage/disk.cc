#include "storage/disk.h"

#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "rocksdb/env.h"
#include "storage/rocksdb_status.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr absl::string_view kProbe = "/disk-probe.tmp";
constexpr size_t kProbeBytes = 4096;
// Beside what the logs hold, for tables, the list of files, and the first writes.
constexpr uint64_t kOpeningBytes = uint64_t{2} << 20;

rocksdb::Status WriteProbe(const std::string& path, const std::string& content, rocksdb::Env* env) {
  std::unique_ptr<rocksdb::WritableFile> file;
  rocksdb::Status status = env->NewWritableFile(path, &file, rocksdb::EnvOptions());
  if (status.ok()) status = file->Append(content);
  if (status.ok()) status = file->Sync();
  if (status.ok()) status = file->Close();
  return status;
}

// Opening writes what the logs hold into tables before it removes the logs.
absl::StatusOr<uint64_t> LogBytes(const std::string& directory, rocksdb::Env* env) {
  std::vector<rocksdb::Env::FileAttributes> files;
  const rocksdb::Status status = env->GetChildrenFileAttributes(directory, &files);
  if (!status.ok()) return FromRocksDb(status, absl::StrCat("list ", directory));
  uint64_t bytes = 0;
  for (const auto& file : files) {
    if (absl::EndsWith(file.name, ".log")) bytes += file.size_bytes;
  }
  return bytes;
}

}  // namespace

absl::StatusOr<DiskSpace> ReadDiskSpace(const std::string& directory) {
  struct statvfs space = {};
  if (statvfs(directory.c_str(), &space) != 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot read the disk space of ", directory, ": ", std::strerror(errno)));
  }
  return DiskSpace{.used_bytes = (space.f_blocks - space.f_bfree) * space.f_frsize,
                   .available_bytes = space.f_bavail * space.f_frsize};
}

absl::Status CheckDiskWorks(const std::string& directory, rocksdb::Env* env) {
  if (env == nullptr) env = rocksdb::Env::Default();
  NESTOR_ASSIGN_OR_RETURN(const DiskSpace space, ReadDiskSpace(directory));
  NESTOR_ASSIGN_OR_RETURN(const uint64_t log_bytes, LogBytes(directory, env));
  if (space.available_bytes < log_bytes + kOpeningBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat(directory, " has ", space.available_bytes, " bytes available, ",
                     log_bytes + kOpeningBytes, " are needed to open it"));
  }
  const std::string path = absl::StrCat(directory, kProbe);
  const std::string content(kProbeBytes, 'x');
  const rocksdb::Status written = WriteProbe(path, content, env);
  std::string back;
  const rocksdb::Status read = rocksdb::ReadFileToString(env, path, &back);
  const rocksdb::Status removed = env->DeleteFile(path);
  for (const rocksdb::Status& status : {written, read, removed}) {
    if (!status.ok()) return FromRocksDb(status, absl::StrCat("use ", path));
  }
  if (back == content) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(path, " is not what was written"));
}

}  // namespace nestor
