#include "client/time_text.h"

#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/util/time_util.h"

namespace nestor {
namespace {

// Absl's durations have no days.
std::optional<absl::Duration> ParsePositiveDuration(absl::string_view text) {
  absl::Duration duration;
  if (absl::ConsumeSuffix(&text, "d")) {
    double days = 0;
    if (!absl::SimpleAtod(text, &days)) return std::nullopt;
    duration = days * absl::Hours(24);
  } else if (!absl::ParseDuration(text, &duration)) {
    return std::nullopt;
  }
  if (duration <= absl::ZeroDuration() || duration == absl::InfiniteDuration()) return std::nullopt;
  return duration;
}

}  // namespace

absl::Status ParseTimestamp(absl::string_view text, google::protobuf::Timestamp* time) {
  if (google::protobuf::util::TimeUtil::FromString(std::string(text), time)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", text.substr(0, 40), "' is no time like 2024-05-01T00:00:00Z"));
}

absl::Status ParseExpireTime(absl::string_view text, absl::Time now,
                             google::protobuf::Timestamp* time) {
  using google::protobuf::util::TimeUtil;
  if (text == "never") {
    time->Clear();
    return absl::OkStatus();
  }
  // The zero time would mean never.
  if (ParseTimestamp(text, time).ok() && *time != TimeUtil::SecondsToTimestamp(0)) {
    return absl::OkStatus();
  }
  if (const std::optional<absl::Duration> duration = ParsePositiveDuration(text)) {
    const absl::Time then = now + *duration;
    if (then <= absl::FromUnixSeconds(TimeUtil::kTimestampMaxSeconds)) {
      *time = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(then));
      return absl::OkStatus();
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", text.substr(0, 40),
                   "' is no time like 2027-01-01T00:00:00Z, no duration like 36h or 30d, and not "
                   "'never'"));
}

}  // namespace nestor
