#ifndef NESTOR_CLIENT_TIME_TEXT_H_
#define NESTOR_CLIENT_TIME_TEXT_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/timestamp.pb.h"

namespace nestor {

// A time as RFC 3339 writes it: 2024-05-01T00:00:00Z, with an offset or a fraction of a second too.
// INVALID_ARGUMENT if `text` is none.
absl::Status ParseTimestamp(absl::string_view text, google::protobuf::Timestamp* time);

}  // namespace nestor

#endif  // NESTOR_CLIENT_TIME_TEXT_H_
