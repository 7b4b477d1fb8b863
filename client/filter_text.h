#ifndef NESTOR_CLIENT_FILTER_TEXT_H_
#define NESTOR_CLIENT_FILTER_TEXT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nestor/v1/common.pb.h"

namespace nestor {

// How people write a filter:
//
//   section = "games" and installed_kib < 500
//   not (section in ("games", "net") or author.name starts with 'A')
//   tags contains all ("gtk", "x11") and changed >= time("2024-05-01T00:00:00Z")
//   home_page exists and not removed is null and id in (7, zlib1g, str:42)
//
//   filter    one of the forms below, joined with `not`, `and`, `or` and parentheses; `not` binds
//             most tightly, `or` least
//   field     = != < <= > >= value
//             [not] in (value, ...)    contains any (value, ...)    contains all (value, ...)
//             starts with "text"       exists                       is [not] null
//   id        [not] in (id, ...)       ids as ParsePointId reads them, in quotes or not
//   value     "text" or 'text' (\ before a quote or a backslash), 12, -0.5, 1e9, true, false,
//             time("RFC 3339")
//   a field   letters, digits, _, - and dots, not beginning with a digit or -; any other name in
//             `backquotes`, which is also how a payload field called id is written
//
// Words of the language are read in any case. INVALID_ARGUMENT shows the text and points at the
// column, counted in bytes from 1, where it cannot be understood.
absl::StatusOr<v1::Filter> ParseFilterText(absl::string_view text);

}  // namespace nestor

#endif  // NESTOR_CLIENT_FILTER_TEXT_H_
