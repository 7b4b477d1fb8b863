#ifndef NESTOR_BENCHMARKS_JSON_FILE_H_
#define NESTOR_BENCHMARKS_JSON_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "benchmarks/command_line.h"
#include "client/json.h"

namespace nestor::bench {

// The documents that this program writes with --json: one object each. Checks outside of this
// repository read them, so fields are added and never renamed. benchmarks/README.md has them all.
//
//   {"format":1,"command":"engine","environment":{...},...}
inline constexpr int kJsonFormat = 1;

// A document with its first three fields.
Json NewDocument(absl::string_view command, const Console& console);

// Numbers as they are; what is not finite becomes null. UNAVAILABLE naming the path when it cannot
// be written; what was there before stays then.
absl::Status WriteJsonFile(const std::string& path, const Json& document);

// INVALID_ARGUMENT naming the path when it is no JSON object of this format; otherwise the errors
// of client/input_file.h.
absl::StatusOr<Json> ReadJsonFile(const std::string& path);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_JSON_FILE_H_
