#include "storage/disk.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "rocksdb/env.h"
#include "storage/rocksdb_status.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr absl::string_view kProbe = "/disk-probe.tmp";
constexpr size_t kProbeBytes = 4096;
constexpr absl::Duration kGaugeInterval = absl::Milliseconds(100);
constexpr int64_t kStatBlockBytes = 512;  // of stat's st_blocks, on every file system
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

// Blocks of logs that hold nothing yet.
uint64_t ReservedByLogs(const std::string& directory) {
  uint64_t bytes = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    struct stat file = {};
    if (it->path().extension() != ".log" || lstat(it->path().c_str(), &file) != 0) continue;
    const int64_t reserved = int64_t{file.st_blocks} * kStatBlockBytes - int64_t{file.st_size};
    bytes += static_cast<uint64_t>(std::max<int64_t>(0, reserved));
  }
  return bytes;
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

double DiskGauge::used_share() {
  absl::MutexLock lock(&mu_);
  const absl::Time now = absl::Now();
  if (now - looked_ < kGaugeInterval) return share_;
  looked_ = now;
  absl::StatusOr<DiskSpace> space = ReadDiskSpace(directory_);
  if (!space.ok()) return share_ = 0;
  const uint64_t reserved = std::min(ReservedByLogs(directory_), space->used_bytes);
  space->used_bytes -= reserved;
  space->available_bytes += reserved;
  return share_ = space->used_share();
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
