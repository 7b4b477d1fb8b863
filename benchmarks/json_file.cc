#include "benchmarks/json_file.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "benchmarks/data_files/output_file.h"
#include "benchmarks/environment.h"
#include "client/input_file.h"
#include "storage/status_macros.h"

namespace nestor::bench {

Json NewDocument(absl::string_view command, const Console& console) {
  return {{"format", kJsonFormat},
          {"command", std::string(command)},
          {"environment", EnvironmentJson(console.command_line, absl::Now())}};
}

absl::Status WriteJsonFile(const std::string& path, const Json& document) {
  return WriteWholeFile(
      path, document.dump(1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n");
}

absl::StatusOr<Json> ReadJsonFile(const std::string& path) {
  NESTOR_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  NESTOR_ASSIGN_OR_RETURN(const uint64_t size, file.Size());
  std::string text(size, '\0');
  NESTOR_RETURN_IF_ERROR(file.ReadAt(0, text));
  Json document = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object() || !document.contains("format") || !document.contains("command")) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": is not a JSON document of nestor-bench"));
  }
  if (document["format"] == kJsonFormat) return document;
  return absl::InvalidArgumentError(absl::StrCat(path, ": has format ", document["format"].dump(),
                                                 ", this program knows ", kJsonFormat));
}

}  // namespace nestor::bench
