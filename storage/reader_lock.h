#ifndef NESTOR_STORAGE_READER_LOCK_H_
#define NESTOR_STORAGE_READER_LOCK_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace nestor {

// Keeps processes that write from locking a directory, without writing to its lock file. Readers do
// not keep each other out.
//
// Thread safety: none.
class ReaderLock {
 public:
  // Nothing if a process that writes has the lock. Without a file there is nothing to lock, and
  // nobody who did. UnavailableError if the file cannot be opened.
  static absl::StatusOr<std::optional<ReaderLock>> Take(const std::string& path);
  ReaderLock(ReaderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  ReaderLock& operator=(ReaderLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~ReaderLock();

 private:
  explicit ReaderLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;  // -1: none
};

}  // namespace nestor

#endif  // NESTOR_STORAGE_READER_LOCK_H_
