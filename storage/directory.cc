#include "storage/directory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

namespace fs = std::filesystem;

absl::Status Unavailable(absl::string_view what, const fs::path& path,
                         const std::error_code& error) {
  return absl::UnavailableError(
      absl::StrCat("cannot ", what, " ", path.string(), ": ", error.message()));
}

absl::Status SyncDirectory(const fs::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return Unavailable("open", path, {errno, std::generic_category()});
  const int failed = fsync(file);
  const std::error_code error(errno, std::generic_category());
  close(file);
  return failed ? Unavailable("sync", path, error) : absl::OkStatus();
}

}  // namespace

absl::Status CreateDirectories(const std::string& directory) {
  std::error_code error;
  std::vector<fs::path> missing;
  for (fs::path path = fs::absolute(directory).lexically_normal();
       !fs::exists(path, error) && path.has_relative_path(); path = path.parent_path()) {
    if (error) return Unavailable("look for", path, error);
    missing.push_back(path);
  }
  for (auto path = missing.rbegin(); path != missing.rend(); ++path) {
    fs::create_directory(*path, error);
    if (error) return Unavailable("create", *path, error);
    NESTOR_RETURN_IF_ERROR(SyncDirectory(path->parent_path()));
  }
  if (fs::is_directory(directory, error)) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(directory, " is not a directory"));
}

}  // namespace nestor
