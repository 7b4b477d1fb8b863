#ifndef NESTOR_CLIENT_JSON_ERROR_H_
#define NESTOR_CLIENT_JSON_ERROR_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace nestor {

// "[json.exception.parse_error.101] parse error at line 1, column 7: syntax error while parsing
// value - invalid literal; last read: '...'" without the parts that say nothing.
inline std::string JsonErrorReason(absl::string_view what) {
  const size_t bracket = what.find("] ");
  if (bracket != absl::string_view::npos) what.remove_prefix(bracket + 2);
  absl::ConsumePrefix(&what, "parse error at line 1, ");
  return std::string(what.substr(0, what.find("; last read")));
}

}  // namespace nestor

#endif  // NESTOR_CLIENT_JSON_ERROR_H_
