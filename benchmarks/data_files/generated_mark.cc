#include "benchmarks/data_files/generated_mark.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "benchmarks/data_files/content_hash.h"
#include "benchmarks/json_file.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

bool Lists(const Json& document, const std::string& hash) {
  const auto files = document.find("files");
  if (files == document.end() || !files->is_object()) return false;
  for (const Json& listed : *files) {
    if (listed == hash) return true;
  }
  return false;
}

std::string MarkOfOneFile(const std::string& path) {
  return absl::StrCat(path, ".", kGeneratedFile);
}

std::string MarkOfTheFolder(const std::string& path) {
  return (std::filesystem::path(path).parent_path() / std::string(kGeneratedFile)).string();
}

}  // namespace

absl::StatusOr<std::optional<Json>> FindGeneratedMark(const std::string& path,
                                                      const std::string& hash) {
  for (const std::string& mark : {MarkOfOneFile(path), MarkOfTheFolder(path)}) {
    absl::StatusOr<Json> document = ReadJsonFile(mark);
    if (absl::IsNotFound(document.status())) continue;
    if (!document.ok()) return document.status();
    if (Lists(*document, hash)) return *std::move(document);
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<Json>> FindGeneratedMark(const std::string& path) {
  // Most data is real, and hashing it only to find no mark would take a second for each gigabyte.
  std::error_code ignored;
  if (!std::filesystem::exists(MarkOfOneFile(path), ignored) &&
      !std::filesystem::exists(MarkOfTheFolder(path), ignored)) {
    return std::nullopt;
  }
  NESTOR_ASSIGN_OR_RETURN(const std::string hash, HashFile(path));
  return FindGeneratedMark(path, hash);
}

absl::Status WriteGeneratedMark(Json mark, const std::string& path, const std::string& hash) {
  mark["files"] = {{std::filesystem::path(path).filename().string(), hash}};
  return WriteJsonFile(MarkOfOneFile(path), mark);
}

}  // namespace nestor::bench
