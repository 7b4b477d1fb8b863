#ifndef NESTOR_CLIENT_FILTER_JSON_H_
#define NESTOR_CLIENT_FILTER_JSON_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nestor/v1/common.pb.h"

namespace nestor {

// A filter as JSON, an object with one of these keys, as the messages of nestor.v1.Filter call
// them:
//
//   {"all_of": [filter, ...]}    {"any_of": [filter, ...]}    {"none_of": filter}
//   {"compare": {"field": "section", "op": "IN", "values": ["games", "net"]}}
//   {"has_id": [7, "zlib1g"]}    a number and a string are different ids
//
// Values are strings, numbers (integers stay exact), true, false, and times as
// {"time": "2024-05-01T00:00:00Z"}. INVALID_ARGUMENT says where in the tree, or at which line and
// column when it is not JSON at all.
absl::StatusOr<v1::Filter> FilterFromJson(absl::string_view text);

}  // namespace nestor

#endif  // NESTOR_CLIENT_FILTER_JSON_H_
