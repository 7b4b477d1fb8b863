#include "storage/plain_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "storage/descriptor_file.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr size_t kMaxRemovedEntries = 1'000'000;

std::string PathIn(const std::string& directory, absl::string_view name) {
  return absl::StrCat(directory, "/", absl::CEscape(name));
}

// `name` is an entry of `directory`, or empty: the directory itself. Nothing is allocated before
// `error` is taken from errno.
absl::Status FromErrno(int error, absl::string_view doing, const std::string& directory,
                       absl::string_view name = "") {
  const std::string path = name.empty() ? directory : PathIn(directory, name);
  const std::string message =
      absl::StrCat("cannot ", doing, " ", path, ": ", std::generic_category().message(error));
  switch (error) {
    case ENOENT:
      return absl::NotFoundError(message);
    case ELOOP:  // O_NOFOLLOW met a link...
      return absl::FailedPreconditionError(absl::StrCat(path, " is a link, and none is followed"));
    case ENOTDIR:  // ...or did where a directory was wanted
      return absl::FailedPreconditionError(absl::StrCat(path, " is a link or no directory"));
    case ENXIO:  // a socket
      return absl::FailedPreconditionError(message);
    default:
      return absl::UnavailableError(message);
  }
}

absl::Status CheckName(absl::string_view name) {
  const bool bad = name.empty() || name == "." || name == ".." ||
                   name.find('/') != absl::string_view::npos ||
                   name.find('\0') != absl::string_view::npos;
  if (!bad) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("'", absl::CEscape(name.substr(0, 256)), "' is no name of an entry"));
}

PlainDirectory::Entry::Kind KindOf(const struct stat& status) {
  if (S_ISREG(status.st_mode)) return PlainDirectory::Entry::Kind::kFile;
  if (S_ISDIR(status.st_mode)) return PlainDirectory::Entry::Kind::kDirectory;
  return PlainDirectory::Entry::Kind::kOther;
}

struct CloseStream {
  void operator()(DIR* stream) const { closedir(stream); }
};

}  // namespace

absl::StatusOr<PlainDirectory> PlainDirectory::Open(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return FromErrno(errno, "open", path);
  return PlainDirectory(path, descriptor);
}

PlainDirectory::PlainDirectory(PlainDirectory&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

PlainDirectory& PlainDirectory::operator=(PlainDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

PlainDirectory::~PlainDirectory() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::string PlainDirectory::PathOf(absl::string_view name) const { return PathIn(path_, name); }

absl::StatusOr<std::vector<PlainDirectory::Entry>> PlainDirectory::List(size_t limit) const {
  // A descriptor of its own: the position in a directory belongs to the descriptor.
  const int descriptor = openat(descriptor_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return FromErrno(errno, "list", path_);
  const std::unique_ptr<DIR, CloseStream> stream(fdopendir(descriptor));
  if (stream == nullptr) {
    const int error = errno;
    close(descriptor);
    return FromErrno(error, "list", path_);
  }
  std::vector<Entry> entries;
  for (;;) {
    errno = 0;
    const dirent* found = readdir(stream.get());
    if (found == nullptr && errno != 0) return FromErrno(errno, "list", path_);
    if (found == nullptr) break;
    const absl::string_view name = found->d_name;
    if (name == "." || name == "..") continue;
    if (entries.size() == limit) {
      return absl::FailedPreconditionError(
          absl::StrCat(path_, " has more than ", limit, " entries"));
    }
    struct stat status {};
    if (fstatat(descriptor_, found->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) continue;  // gone meanwhile
      return FromErrno(errno, "look at", path_, name);
    }
    entries.push_back({std::string(name), KindOf(status),
                       static_cast<uint64_t>(std::max<off_t>(0, status.st_size))});
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return entries;
}

absl::StatusOr<PlainDirectory> PlainDirectory::OpenDirectory(absl::string_view name) const {
  NESTOR_RETURN_IF_ERROR(CheckName(name));
  const int descriptor = openat(descriptor_, std::string(name).c_str(),
                                O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return FromErrno(errno, "open the directory", path_, name);
  return PlainDirectory(PathOf(name), descriptor);
}

absl::StatusOr<CheckedFileReader> PlainDirectory::OpenFile(absl::string_view name) const {
  NESTOR_RETURN_IF_ERROR(CheckName(name));
  const int descriptor = openat(descriptor_, std::string(name).c_str(),
                                O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) return FromErrno(errno, "open the file", path_, name);
  auto file = std::make_unique<DescriptorFile>(descriptor);
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return FromErrno(errno, "look at", path_, name);
  if (KindOf(status) != Entry::Kind::kFile) {
    return absl::FailedPreconditionError(absl::StrCat(PathOf(name), " is not a regular file"));
  }
  return CheckedFileReader::Open(PathOf(name), std::move(file),
                                 static_cast<uint64_t>(status.st_size));
}

absl::Status PlainDirectory::Rename(absl::string_view from, absl::string_view to) const {
  NESTOR_RETURN_IF_ERROR(CheckName(from));
  NESTOR_RETURN_IF_ERROR(CheckName(to));
  if (renameat(descriptor_, std::string(from).c_str(), descriptor_, std::string(to).c_str()) != 0) {
    return FromErrno(errno, "rename", path_, from);
  }
  return absl::OkStatus();
}

absl::Status PlainDirectory::CheckRemovable() const {
  NESTOR_ASSIGN_OR_RETURN(const std::vector<Entry> entries, List(kMaxRemovedEntries));
  for (const Entry& entry : entries) {
    if (entry.kind != Entry::Kind::kDirectory) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "cannot remove ", path_, ": ", absl::CEscape(entry.name), " in it is a directory"));
  }
  return absl::OkStatus();
}

absl::Status PlainDirectory::RemoveDirectory(absl::string_view name) const {
  NESTOR_ASSIGN_OR_RETURN(const PlainDirectory directory, OpenDirectory(name));
  NESTOR_RETURN_IF_ERROR(directory.CheckRemovable());
  NESTOR_ASSIGN_OR_RETURN(const std::vector<Entry> entries, directory.List(kMaxRemovedEntries));
  for (const Entry& entry : entries) {
    if (unlinkat(directory.descriptor_, entry.name.c_str(), 0) != 0 && errno != ENOENT) {
      return FromErrno(errno, "remove", directory.path(), entry.name);
    }
  }
  if (unlinkat(descriptor_, std::string(name).c_str(), AT_REMOVEDIR) != 0) {
    return FromErrno(errno, "remove", directory.path());
  }
  return absl::OkStatus();
}

absl::Status PlainDirectory::Sync() const {
  if (fsync(descriptor_) != 0) return FromErrno(errno, "sync", path_);
  return absl::OkStatus();
}

}  // namespace nestor
