#ifndef NESTOR_TESTS_STORAGE_FAULTY_DISK_H_
#define NESTOR_TESTS_STORAGE_FAULTY_DISK_H_

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"

namespace nestor::testing {

// The real file system, on which syncs fail from FailSyncs() on, and tables are not written from
// HoldTables() on: whoever begins one waits.
//
// Thread safety: thread-safe.
class FaultyDisk {
 public:
  FaultyDisk()
      : files_(std::make_shared<Files>(rocksdb::FileSystem::Default(), faults_)),
        env_(rocksdb::NewCompositeEnv(files_)) {}

  rocksdb::Env* env() { return env_.get(); }
  void FailSyncs() { faults_->Set(true, false); }
  void HoldTables() { faults_->Set(false, true); }
  void Heal() { faults_->Set(false, false); }

 private:
  class Faults {
   public:
    void Set(bool fail_syncs, bool hold_tables) {
      absl::MutexLock lock(&mu_);
      fail_syncs_ = fail_syncs;
      hold_tables_ = hold_tables;
    }
    bool fail_syncs() {
      absl::MutexLock lock(&mu_);
      return fail_syncs_;
    }
    void WaitForTables() {
      absl::MutexLock lock(&mu_);
      const auto may_go_on = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return !hold_tables_; };
      mu_.Await(absl::Condition(&may_go_on));
    }

   private:
    absl::Mutex mu_;
    bool fail_syncs_ ABSL_GUARDED_BY(mu_) = false;
    bool hold_tables_ ABSL_GUARDED_BY(mu_) = false;
  };
  using FaultsPtr = std::shared_ptr<Faults>;

  class File final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    File(std::unique_ptr<rocksdb::FSWritableFile> file, FaultsPtr faults)
        : FSWritableFileOwnerWrapper(std::move(file)), faults_(std::move(faults)) {}
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
      if (faults_->fail_syncs()) return rocksdb::IOStatus::IOError("the disk is gone");
      return FSWritableFileOwnerWrapper::Sync(options, debug);
    }

   private:
    const FaultsPtr faults_;
  };

  class Files final : public rocksdb::FileSystemWrapper {
   public:
    Files(std::shared_ptr<rocksdb::FileSystem> files, FaultsPtr faults)
        : FileSystemWrapper(std::move(files)), faults_(std::move(faults)) {}
    const char* Name() const override { return "FaultyDisk"; }
    rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override {
      if (absl::EndsWith(name, ".sst")) faults_->WaitForTables();
      rocksdb::IOStatus status = FileSystemWrapper::NewWritableFile(name, options, file, debug);
      if (status.ok()) *file = std::make_unique<File>(std::move(*file), faults_);
      return status;
    }

   private:
    const FaultsPtr faults_;
  };

  const FaultsPtr faults_ = std::make_shared<Faults>();
  const std::shared_ptr<Files> files_;
  const std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_STORAGE_FAULTY_DISK_H_
