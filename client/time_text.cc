#include "client/time_text.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"

namespace nestor {

absl::Status ParseTimestamp(absl::string_view text, google::protobuf::Timestamp* time) {
  if (google::protobuf::util::TimeUtil::FromString(std::string(text), time)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", text.substr(0, 40), "' is no time like 2024-05-01T00:00:00Z"));
}

}  // namespace nestor
