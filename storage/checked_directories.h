#ifndef NESTOR_STORAGE_CHECKED_DIRECTORIES_H_
#define NESTOR_STORAGE_CHECKED_DIRECTORIES_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/checked_file.h"
#include "storage/plain_directory.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace nestor {

class DirectoryDraft;

// Directories of checked files, one beside the other in a root, each of which appears as a whole or
// not at all, and goes in the same way. Others may put theirs there as well (a copy from another
// machine), so everything is read as PlainDirectory has it.
//
// Names do not begin with a '.': a directory that is being made or removed is called ".tmp-" and
// its name. Errors as of CheckedFiles and PlainDirectory.
//
// Thread safety: thread-safe, as long as each name is made or removed by one thread at a time.
class CheckedDirectories {
 public:
  // Creates the root if it is missing, and removes what was left behind half made or half removed.
  // `env`, in the place of the operating system for what is written, must outlive this.
  static absl::StatusOr<std::unique_ptr<CheckedDirectories>> Open(const std::string& root,
                                                                  rocksdb::Env* env = nullptr);

  // Begins a directory. AlreadyExistsError if there is an entry of that name.
  absl::StatusOr<std::unique_ptr<DirectoryDraft>> Begin(absl::string_view name) const;
  // Every name that is there, also of what is no directory. FailedPreconditionError if there are
  // too many entries to list.
  absl::StatusOr<std::vector<std::string>> List() const;
  absl::StatusOr<PlainDirectory> Find(absl::string_view name) const;
  // Gone for good when it returns OK, for List as soon as it has begun. See
  // PlainDirectory::RemoveDirectory.
  absl::Status Remove(absl::string_view name) const;

 private:
  friend class DirectoryDraft;

  CheckedDirectories(PlainDirectory root, rocksdb::Env* env) : root_(std::move(root)), env_(env) {}
  void RemoveLeftovers() const;

  const PlainDirectory root_;
  rocksdb::Env* const env_;
};

// A directory that nobody sees yet. Unless it is published it is removed with this object.
//
// Thread safety: none. Must not outlive its CheckedDirectories.
class DirectoryDraft {
 public:
  ~DirectoryDraft();
  DirectoryDraft(const DirectoryDraft&) = delete;
  DirectoryDraft& operator=(const DirectoryDraft&) = delete;

  // Where its files are written.
  const CheckedFiles& files() const { return *files_; }
  // The same, to be read back.
  absl::StatusOr<PlainDirectory> Contents() const;
  // Durable and there for everybody when it returns OK; otherwise there is nothing of that name.
  absl::Status Publish();

 private:
  friend class CheckedDirectories;

  DirectoryDraft(const CheckedDirectories& directories, absl::string_view name)
      : directories_(directories), name_(name) {}
  std::string temporary() const;

  const CheckedDirectories& directories_;
  const std::string name_;
  std::unique_ptr<CheckedFiles> files_;
  bool published_ = false;
};

}  // namespace nestor

#endif  // NESTOR_STORAGE_CHECKED_DIRECTORIES_H_
