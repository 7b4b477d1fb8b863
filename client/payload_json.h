#ifndef NESTOR_CLIENT_PAYLOAD_JSON_H_
#define NESTOR_CLIENT_PAYLOAD_JSON_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nestor/v1/common.pb.h"

namespace nestor {

// Objects and lists within each other. Protobuf refuses messages nested more than 100 deep, and an
// object costs three levels (value, payload, map entry).
inline constexpr int kMaxPayloadDepth = 30;

// Reads one JSON object as a payload:
//
//   true, false          bool_value
//   digits, with a sign  int_value, exact; out of the range of int64: an error, never rounded
//   with . or e          double_value; beyond a double's range: an error
//   "text"               string_value; what is not UTF-8: an error
//   [...], {...}         list_value, object_value, up to kMaxPayloadDepth
//   null                 a Value with nothing set
//
// A field that is given twice in one object is an error too. INVALID_ARGUMENT says what is wrong
// and at which byte (counted from 1) where the syntax is at fault; the caller adds file and line.
absl::StatusOr<v1::Payload> PayloadFromJson(absl::string_view text);

}  // namespace nestor

#endif  // NESTOR_CLIENT_PAYLOAD_JSON_H_
