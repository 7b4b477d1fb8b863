#ifndef NESTOR_STORAGE_PLAIN_DIRECTORY_H_
#define NESTOR_STORAGE_PLAIN_DIRECTORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/checked_file.h"

namespace nestor {

// A directory that may hold anything, of anyone, and that no entry leads out of: entries are found
// through the open directory, never through its path, and a link is refused and not followed.
//
//   auto root = PlainDirectory::Open("/data/snapshots").value();
//   auto one = root.OpenDirectory("docs-1").value();
//   auto file = one.OpenFile("manifest").value();
//
// Errors name the path: NotFoundError when there is no such entry, FailedPreconditionError when it
// is something else than what was asked for, UnavailableError when the disk fails.
//
// Thread safety: thread-safe.
class PlainDirectory {
 public:
  struct Entry {
    enum class Kind { kFile, kDirectory, kOther };  // a link is kOther, wherever it leads
    std::string name;
    Kind kind = Kind::kOther;
    uint64_t bytes = 0;  // of a file
  };

  // Links on the way to `path` itself are followed: it is the operator's.
  static absl::StatusOr<PlainDirectory> Open(const std::string& path);
  PlainDirectory(PlainDirectory&& other) noexcept;
  PlainDirectory& operator=(PlainDirectory&& other) noexcept;
  ~PlainDirectory();

  const std::string& path() const { return path_; }
  // By name. At most `limit` entries: FailedPreconditionError if there are more.
  absl::StatusOr<std::vector<Entry>> List(size_t limit) const;

  // `name` is that of one entry in each of these: InvalidArgumentError if it is empty, "." or "..",
  // or has a '/' or a zero byte.
  absl::StatusOr<PlainDirectory> OpenDirectory(absl::string_view name) const;
  // Regular files only; opening anything else does not wait for it.
  absl::StatusOr<CheckedFileReader> OpenFile(absl::string_view name) const;
  absl::Status Rename(absl::string_view from, absl::string_view to) const;
  // FailedPreconditionError if there is a directory among the entries, or there are very many.
  absl::Status CheckRemovable() const;
  // Removes the directory `name` and the entries in it, links as such; nothing if it is not
  // removable.
  absl::Status RemoveDirectory(absl::string_view name) const;
  absl::Status Sync() const;

 private:
  PlainDirectory(std::string path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}
  std::string PathOf(absl::string_view name) const;

  std::string path_;
  int descriptor_;  // -1: moved from
};

}  // namespace nestor

#endif  // NESTOR_STORAGE_PLAIN_DIRECTORY_H_
