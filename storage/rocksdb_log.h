#ifndef NESTOR_STORAGE_ROCKSDB_LOG_H_
#define NESTOR_STORAGE_ROCKSDB_LOG_H_

#include <cstdarg>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "rocksdb/env.h"

namespace nestor {

// RocksDB's own log, in the file LOG of its directory; at kMaxLogBytes it becomes LOG.old and a new
// one begins. What cannot be written is left out: RocksDB's logger, as it is packaged, ends the
// process when the disk is full.
//
// Thread safety: thread-safe.
class RocksDbLog final : public rocksdb::Logger {
 public:
  explicit RocksDbLog(const std::string& directory);

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override;

  static constexpr long kMaxLogBytes = 16L << 20;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  // Begins a new file.
  void Open() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const std::string path_;
  absl::Mutex mu_;
  std::unique_ptr<std::FILE, Close> file_ ABSL_GUARDED_BY(mu_);  // null: there is none
};

}  // namespace nestor

#endif  // NESTOR_STORAGE_ROCKSDB_LOG_H_
