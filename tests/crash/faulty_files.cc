#include "tests/crash/faulty_files.h"

#include <rocksdb/file_system.h>

#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace nestor::testing {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

// Of held back data. On a fast disk a kill would seldom find any that waits.
constexpr size_t kLongestSyncMicros = 4000;

size_t Below(size_t limit) {
  thread_local absl::InsecureBitGen random;
  return absl::Uniform<size_t>(random, 0, limit);
}

// The faults that hit any operation.
class Faults {
 public:
  explicit Faults(FaultSwitches* switches) : switches_(*switches) {}

  FaultSwitches& switches() const { return switches_; }
  IOStatus MayFail() const {
    const uint32_t one_in = switches_.fail_one_in;
    if (one_in == 0 || Below(one_in) != 0) return IOStatus::OK();
    ++switches_.failures;
    return IOStatus::IOError("injected");
  }
  IOStatus SyncMayFail() const {
    IOStatus status = MayFail();
    if (!status.ok()) ++switches_.failed_syncs;
    return status;
  }

 private:
  FaultSwitches& switches_;
};

class WritableFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  WritableFile(std::unique_ptr<rocksdb::FSWritableFile> file, bool is_log, Faults faults)
      : FSWritableFileOwnerWrapper(std::move(file)), is_log_(is_log), faults_(faults) {}
  ~WritableFile() override {
    absl::MutexLock lock(&mu_);
    Drop();
  }

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    absl::MutexLock lock(&mu_);
    const IOStatus failed = faults_.MayFail();
    const size_t bytes = failed.ok() ? data.size() : data.size() / 2;
    held_.append(data.data(), bytes);
    faults_.switches().held_bytes += bytes;
    IOStatus passed;
    if (faults_.switches().hold_back == 0) {
      passed = PassOn(held_.size(), options, debug);
    } else if (faults_.switches().tear != 0 && Below(2) == 0) {
      passed = PassOn(Below(held_.size() + 1), options, debug);
    }
    return failed.ok() ? passed : failed;
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    absl::MutexLock lock(&mu_);
    const IOStatus ready = BeforeSync(options, debug);
    if (!ready.ok() || Lies()) return ready;
    return FSWritableFileOwnerWrapper::Sync(options, debug);
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    absl::MutexLock lock(&mu_);
    const IOStatus ready = BeforeSync(options, debug);
    if (!ready.ok() || Lies()) return ready;
    return FSWritableFileOwnerWrapper::Fsync(options, debug);
  }
  // A hint, which says nothing of what is durable.
  IOStatus RangeSync(uint64_t offset, uint64_t bytes, const IOOptions& options,
                     IODebugContext* debug) override {
    absl::MutexLock lock(&mu_);
    if (!held_.empty()) return IOStatus::OK();
    return FSWritableFileOwnerWrapper::RangeSync(offset, bytes, options, debug);
  }
  IOStatus Truncate(uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    absl::MutexLock lock(&mu_);
    const IOStatus passed = PassOn(held_.size(), options, debug);
    return passed.ok() ? FSWritableFileOwnerWrapper::Truncate(size, options, debug) : passed;
  }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    absl::MutexLock lock(&mu_);
    const IOStatus failed = faults_.MayFail();
    const IOStatus passed = PassOn(held_.size(), options, debug);
    const IOStatus closed = FSWritableFileOwnerWrapper::Close(options, debug);
    if (!failed.ok()) return failed;
    return passed.ok() ? closed : passed;
  }
  uint64_t GetFileSize(const IOOptions& options, IODebugContext* debug) override {
    absl::MutexLock lock(&mu_);
    return FSWritableFileOwnerWrapper::GetFileSize(options, debug) + held_.size();
  }

 private:
  bool Lies() const { return is_log_ && faults_.switches().lie_about_logs != 0; }
  IOStatus BeforeSync(const IOOptions& options, IODebugContext* debug)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (Lies()) return IOStatus::OK();
    if (faults_.switches().hold_back != 0) {
      absl::SleepFor(absl::Microseconds(Below(kLongestSyncMicros)));
    }
    const IOStatus failed = faults_.SyncMayFail();
    if (failed.ok()) return PassOn(held_.size(), options, debug);
    Drop();
    return failed;
  }
  // The first `bytes` of what waits go to the real file.
  IOStatus PassOn(size_t bytes, const IOOptions& options, IODebugContext* debug)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (bytes == 0) return IOStatus::OK();
    const IOStatus status =
        FSWritableFileOwnerWrapper::Append(Slice(held_.data(), bytes), options, debug);
    held_.erase(0, bytes);
    faults_.switches().held_bytes -= bytes;
    return status;
  }
  void Drop() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    faults_.switches().held_bytes -= held_.size();
    held_.clear();
  }

  const bool is_log_;
  const Faults faults_;
  absl::Mutex mu_;  // a log is synced while it is written
  std::string held_ ABSL_GUARDED_BY(mu_);
};

class Directory final : public rocksdb::FSDirectoryWrapper {
 public:
  Directory(std::unique_ptr<rocksdb::FSDirectory> directory, Faults faults)
      : FSDirectoryWrapper(std::move(directory)), faults_(faults) {}
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus failed = faults_.SyncMayFail();
    return failed.ok() ? FSDirectoryWrapper::Fsync(options, debug) : failed;
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& directory_options) override {
    const IOStatus failed = faults_.SyncMayFail();
    if (!failed.ok()) return failed;
    return FSDirectoryWrapper::FsyncWithDirOptions(options, debug, directory_options);
  }

 private:
  const Faults faults_;
};

class Files final : public rocksdb::FileSystemWrapper {
 public:
  explicit Files(FaultSwitches* switches)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), faults_(switches) {}
  const char* Name() const override { return "FaultyFiles"; }

  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           IODebugContext* debug) override {
    IOStatus status = faults_.MayFail();
    if (status.ok()) status = FileSystemWrapper::NewWritableFile(name, options, file, debug);
    return Wrapped(name, std::move(status), file);
  }
  IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* file,
                              IODebugContext* debug) override {
    IOStatus status = faults_.MayFail();
    if (status.ok()) status = FileSystemWrapper::ReopenWritableFile(name, options, file, debug);
    return Wrapped(name, std::move(status), file);
  }
  IOStatus NewDirectory(const std::string& name, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* directory,
                        IODebugContext* debug) override {
    IOStatus status = FileSystemWrapper::NewDirectory(name, options, directory, debug);
    if (status.ok()) *directory = std::make_unique<Directory>(std::move(*directory), faults_);
    return status;
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* debug) override {
    const IOStatus failed = faults_.MayFail();
    return failed.ok() ? FileSystemWrapper::RenameFile(from, to, options, debug) : failed;
  }
  IOStatus DeleteFile(const std::string& name, const IOOptions& options,
                      IODebugContext* debug) override {
    const IOStatus failed = faults_.MayFail();
    return failed.ok() ? FileSystemWrapper::DeleteFile(name, options, debug) : failed;
  }

 private:
  IOStatus Wrapped(const std::string& name, IOStatus status,
                   std::unique_ptr<rocksdb::FSWritableFile>* file) const {
    if (status.ok()) {
      const bool is_log = absl::EndsWith(name, ".log");
      *file = std::make_unique<WritableFile>(std::move(*file), is_log, faults_);
    }
    return status;
  }

  const Faults faults_;
};

}  // namespace

std::unique_ptr<rocksdb::Env> NewFaultyEnv(FaultSwitches* switches) {
  return rocksdb::NewCompositeEnv(std::make_shared<Files>(switches));
}

}  // namespace nestor::testing
