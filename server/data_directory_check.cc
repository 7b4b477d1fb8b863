#include "server/data_directory_check.h"

#include <filesystem>
#include <memory>
#include <system_error>

#include "storage/checked_file.h"
#include "storage/point_store.h"

namespace nestor {

DataReport CheckDataDirectory(const std::string& directory) {
  DataReport report;
  const absl::StatusOr<std::unique_ptr<PointStore>> store =
      OpenRocksDbStore({.directory = directory, .read_only = true});
  if (!store.ok()) {
    report.problems.emplace_back(store.status().message());
    return report;
  }
  const std::string segments = directory + "/segments";
  std::error_code error;
  if (!std::filesystem::is_directory(segments, error)) return CheckData(**store, nullptr);
  const absl::StatusOr<std::unique_ptr<CheckedFiles>> files = CheckedFiles::Open(segments);
  report = CheckData(**store, files.ok() ? files->get() : nullptr);
  if (!files.ok()) report.problems.emplace_back(files.status().message());
  return report;
}

}  // namespace nestor
