#ifndef NESTOR_TESTS_STORAGE_FAULTY_DISK_H_
#define NESTOR_TESTS_STORAGE_FAULTY_DISK_H_

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"

namespace nestor::testing {

// The real file system, on which the syncs of write-ahead logs fail from FailSyncs() on.
//
// Thread safety: thread-safe.
class FaultyDisk {
 public:
  FaultyDisk()
      : files_(std::make_shared<Files>(rocksdb::FileSystem::Default(), failing_)),
        env_(rocksdb::NewCompositeEnv(files_)) {}

  rocksdb::Env* env() { return env_.get(); }
  void FailSyncs() { failing_->store(true); }
  void Heal() { failing_->store(false); }

 private:
  using Flag = std::shared_ptr<std::atomic<bool>>;

  class Log final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    Log(std::unique_ptr<rocksdb::FSWritableFile> file, Flag failing)
        : FSWritableFileOwnerWrapper(std::move(file)), failing_(std::move(failing)) {}
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
      if (*failing_) return rocksdb::IOStatus::IOError("the disk is gone");
      return FSWritableFileOwnerWrapper::Sync(options, debug);
    }

   private:
    const Flag failing_;
  };

  class Files final : public rocksdb::FileSystemWrapper {
   public:
    Files(std::shared_ptr<rocksdb::FileSystem> files, Flag failing)
        : FileSystemWrapper(std::move(files)), failing_(std::move(failing)) {}
    const char* Name() const override { return "FaultyDisk"; }
    rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override {
      rocksdb::IOStatus status = FileSystemWrapper::NewWritableFile(name, options, file, debug);
      if (status.ok() && absl::EndsWith(name, ".log")) {
        *file = std::make_unique<Log>(std::move(*file), failing_);
      }
      return status;
    }

   private:
    const Flag failing_;
  };

  const Flag failing_ = std::make_shared<std::atomic<bool>>(false);
  const std::shared_ptr<Files> files_;
  const std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_STORAGE_FAULTY_DISK_H_
