#ifndef NESTOR_TESTS_STORAGE_FAILING_FILES_H_
#define NESTOR_TESTS_STORAGE_FAILING_FILES_H_

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace nestor::testing {

// The real file system until a chosen operation that changes it, which fails, as do all after it.
// Removing fails by itself, from KeepFiles() on.
//
// Thread safety: thread-safe.
class FailingFiles {
 public:
  FailingFiles()
      : files_(std::make_shared<Files>(rocksdb::FileSystem::Default(), state_)),
        env_(rocksdb::NewCompositeEnv(files_)) {}

  rocksdb::Env* env() { return env_.get(); }
  // The first `operations` succeed, whatever comes then fails with `error`.
  void FailAfter(int operations, rocksdb::IOStatus error) {
    state_->error = std::move(error);
    state_->left = operations;
  }
  void KeepFiles() { state_->keep_files = true; }
  // Says that so much of the disk is free.
  void LeaveFree(uint64_t bytes) { state_->free_bytes = bytes; }
  void Heal() {
    state_->left = kAll;
    state_->keep_files = false;
    state_->free_bytes = UINT64_MAX;
  }
  bool failed() const { return state_->left < 0; }

 private:
  static constexpr int kAll = 1 << 30;
  struct State {
    std::atomic<int> left{kAll};
    std::atomic<bool> keep_files{false};
    std::atomic<uint64_t> free_bytes{UINT64_MAX};  // that: as it is
    rocksdb::IOStatus error;

    rocksdb::IOStatus Count() { return left-- > 0 ? rocksdb::IOStatus::OK() : error; }
  };
  using StatePtr = std::shared_ptr<State>;

  class File final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    File(std::unique_ptr<rocksdb::FSWritableFile> file, StatePtr state)
        : FSWritableFileOwnerWrapper(std::move(file)), state_(std::move(state)) {}
    using FSWritableFileOwnerWrapper::Append;
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
      const rocksdb::IOStatus status = state_->Count();
      if (status.ok()) return FSWritableFileOwnerWrapper::Append(data, options, debug);
      // Half of it is there already.
      (void)FSWritableFileOwnerWrapper::Append(rocksdb::Slice(data.data(), data.size() / 2),
                                               options, debug);
      return status;
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
      const rocksdb::IOStatus status = state_->Count();
      return status.ok() ? FSWritableFileOwnerWrapper::Sync(options, debug) : status;
    }
    rocksdb::IOStatus Close(const rocksdb::IOOptions& options,
                            rocksdb::IODebugContext* debug) override {
      const rocksdb::IOStatus status = state_->Count();
      const rocksdb::IOStatus closed = FSWritableFileOwnerWrapper::Close(options, debug);
      return status.ok() ? closed : status;
    }

   private:
    const StatePtr state_;
  };

  class Directory final : public rocksdb::FSDirectoryWrapper {
   public:
    Directory(std::unique_ptr<rocksdb::FSDirectory> directory, StatePtr state)
        : FSDirectoryWrapper(std::move(directory)), state_(std::move(state)) {}
    rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                            rocksdb::IODebugContext* debug) override {
      const rocksdb::IOStatus status = state_->Count();
      return status.ok() ? FSDirectoryWrapper::Fsync(options, debug) : status;
    }

   private:
    const StatePtr state_;
  };

  class Files final : public rocksdb::FileSystemWrapper {
   public:
    Files(std::shared_ptr<rocksdb::FileSystem> files, StatePtr state)
        : FileSystemWrapper(std::move(files)), state_(std::move(state)) {}
    const char* Name() const override { return "FailingFiles"; }
    rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override {
      rocksdb::IOStatus status = state_->Count();
      if (!status.ok()) return status;
      status = FileSystemWrapper::NewWritableFile(name, options, file, debug);
      if (status.ok()) *file = std::make_unique<File>(std::move(*file), state_);
      return status;
    }
    rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                   std::unique_ptr<rocksdb::FSDirectory>* directory,
                                   rocksdb::IODebugContext* debug) override {
      rocksdb::IOStatus status = FileSystemWrapper::NewDirectory(name, options, directory, debug);
      if (status.ok()) *directory = std::make_unique<Directory>(std::move(*directory), state_);
      return status;
    }
    rocksdb::IOStatus CreateDir(const std::string& name, const rocksdb::IOOptions& options,
                                rocksdb::IODebugContext* debug) override {
      const rocksdb::IOStatus status = state_->Count();
      return status.ok() ? FileSystemWrapper::CreateDir(name, options, debug) : status;
    }
    rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                                 const rocksdb::IOOptions& options,
                                 rocksdb::IODebugContext* debug) override {
      const rocksdb::IOStatus status = state_->Count();
      return status.ok() ? FileSystemWrapper::RenameFile(from, to, options, debug) : status;
    }
    rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                                 rocksdb::IODebugContext* debug) override {
      if (state_->keep_files) return rocksdb::IOStatus::IOError("kept");
      return FileSystemWrapper::DeleteFile(name, options, debug);
    }
    rocksdb::IOStatus GetFreeSpace(const std::string& path, const rocksdb::IOOptions& options,
                                   uint64_t* bytes, rocksdb::IODebugContext* debug) override {
      const rocksdb::IOStatus status = FileSystemWrapper::GetFreeSpace(path, options, bytes, debug);
      if (state_->free_bytes != UINT64_MAX) *bytes = state_->free_bytes;
      return status;
    }

   private:
    const StatePtr state_;
  };

  const StatePtr state_ = std::make_shared<State>();
  const std::shared_ptr<Files> files_;
  const std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_STORAGE_FAILING_FILES_H_
