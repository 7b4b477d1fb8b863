#include "benchmarks/data_files/generated_mark.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "benchmarks/json_file.h"

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

}  // namespace

std::string GeneratedMarkPath(const std::string& path) {
  return absl::StrCat(path, ".", kGeneratedFile);
}

absl::StatusOr<std::optional<Json>> FindGeneratedMark(const std::string& path,
                                                      const std::string& hash) {
  const std::string beside =
      (std::filesystem::path(path).parent_path() / std::string(kGeneratedFile)).string();
  for (const std::string& mark : {GeneratedMarkPath(path), beside}) {
    absl::StatusOr<Json> document = ReadJsonFile(mark);
    if (absl::IsNotFound(document.status())) continue;
    if (!document.ok()) return document.status();
    if (Lists(*document, hash)) return *std::move(document);
  }
  return std::nullopt;
}

}  // namespace nestor::bench
