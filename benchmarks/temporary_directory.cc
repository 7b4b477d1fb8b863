#include "benchmarks/temporary_directory.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace nestor::bench {

absl::StatusOr<std::unique_ptr<TemporaryDirectory>> TemporaryDirectory::Create() {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
  std::string path = (parent / "nestor-bench-XXXXXX").string();
  if (error || mkdtemp(path.data()) == nullptr) {
    const std::string reason = error ? error.message() : std::strerror(errno);
    return absl::UnavailableError(absl::StrCat("no temporary directory ", path, ": ", reason));
  }
  return std::make_unique<TemporaryDirectory>(path);
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace nestor::bench
