#ifndef NESTOR_CLIENT_POINT_ID_TEXT_H_
#define NESTOR_CLIENT_POINT_ID_TEXT_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nestor/v1/common.pb.h"

namespace nestor {

inline constexpr size_t kMaxStringIdBytes = 256;

// How people write the id of a point, where a number and its decimal string are different ids:
//
//   42       the number 42 (digits only)
//   zlib1g   the string "zlib1g" (anything else)
//   str:42   the string "42"
//   num:42   the number 42
//
// INVALID_ARGUMENT for an empty id, a number that does not fit in 64 bits, and a string that is
// longer than kMaxStringIdBytes or not UTF-8.
absl::StatusOr<v1::PointId> ParsePointId(absl::string_view text);

// The string id `text`, with the same checks and no prefixes.
absl::StatusOr<v1::PointId> MakeStringId(absl::string_view text);

// The text that ParsePointId reads as `id` again. An id that is not set is "(none)".
std::string FormatPointId(const v1::PointId& id);

}  // namespace nestor

#endif  // NESTOR_CLIENT_POINT_ID_TEXT_H_
