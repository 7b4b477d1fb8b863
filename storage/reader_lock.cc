#include "storage/reader_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace nestor {

ReaderLock::~ReaderLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::StatusOr<std::optional<ReaderLock>> ReaderLock::Take(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 && errno != ENOENT) {
    const std::string reason = std::generic_category().message(errno);
    return absl::UnavailableError(absl::StrCat("cannot open ", path, ": ", reason));
  }
  ReaderLock lock(descriptor);
  struct flock wanted = {};
  wanted.l_type = F_RDLCK;
  wanted.l_whence = SEEK_SET;
  if (descriptor >= 0 && fcntl(descriptor, F_SETLK, &wanted) != 0) return std::nullopt;
  return std::optional<ReaderLock>(std::move(lock));
}

}  // namespace nestor
