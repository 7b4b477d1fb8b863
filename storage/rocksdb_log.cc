#include "storage/rocksdb_log.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace nestor {
namespace {

constexpr size_t kMaxLineBytes = 4096;  // the rest of a longer one is left out

}  // namespace

RocksDbLog::RocksDbLog(const std::string& directory) : path_(directory + "/LOG") {
  absl::MutexLock lock(&mu_);
  Open();
}

void RocksDbLog::Open() {
  file_.reset();
  (void)std::rename(path_.c_str(), (path_ + ".old").c_str());
  file_.reset(std::fopen(path_.c_str(), "we"));
}

void RocksDbLog::Logv(const char* format, va_list arguments) {
  char line[kMaxLineBytes];
  (void)std::vsnprintf(line, sizeof(line), format, arguments);
  const std::string time =
      absl::FormatTime("%Y-%m-%dT%H:%M:%E6S", absl::Now(), absl::UTCTimeZone());
  absl::MutexLock lock(&mu_);
  if (file_ == nullptr) return;
  (void)std::fprintf(file_.get(), "%s %s\n", time.c_str(), line);
  (void)std::fflush(file_.get());
  if (std::ftell(file_.get()) > kMaxLogBytes) Open();
}

}  // namespace nestor
