#ifndef NESTOR_CLIENT_TIME_TEXT_H_
#define NESTOR_CLIENT_TIME_TEXT_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace nestor {

// A time as RFC 3339 writes it: 2024-05-01T00:00:00Z, with an offset or a fraction of a second too.
// INVALID_ARGUMENT if `text` is none.
absl::Status ParseTimestamp(absl::string_view text, google::protobuf::Timestamp* time);

// When a point expires: such a time; a duration from `now` on, as 90s, 36h, 1h30m or 30d; or
// "never", which is the zero time. INVALID_ARGUMENT if `text` is none of them.
absl::Status ParseExpireTime(absl::string_view text, absl::Time now,
                             google::protobuf::Timestamp* time);

}  // namespace nestor

#endif  // NESTOR_CLIENT_TIME_TEXT_H_
