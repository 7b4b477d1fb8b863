#include "benchmarks/json_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
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
  // Two processes may write the same file at once: the last one to finish wins, whole.
  const std::string temporary = absl::StrCat(path, ".tmp.", ::getpid());
  std::ofstream out(temporary, std::ios::binary);
  out << document.dump(1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) << "\n";
  out.close();
  if (out.good() && std::rename(temporary.c_str(), path.c_str()) == 0) return absl::OkStatus();
  const int error = errno;
  std::remove(temporary.c_str());
  return absl::UnavailableError(absl::StrCat("cannot write ", path, ": ", std::strerror(error)));
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
