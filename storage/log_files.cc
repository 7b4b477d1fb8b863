#include "storage/log_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace nestor {

namespace fs = std::filesystem;

absl::StatusOr<std::vector<LogFile>> ListLogFiles(const std::string& directory) {
  std::vector<LogFile> logs;
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    uint64_t number = 0;
    const fs::path& path = it->path();
    if (path.extension() == ".log" && absl::SimpleAtoi(path.stem().string(), &number)) {
      logs.push_back({number, path.string()});
    }
  }
  if (error) {
    return absl::UnavailableError(absl::StrCat("cannot list ", directory, ": ", error.message()));
  }
  std::sort(logs.begin(), logs.end(),
            [](const LogFile& a, const LogFile& b) { return a.number < b.number; });
  return logs;
}

}  // namespace nestor
