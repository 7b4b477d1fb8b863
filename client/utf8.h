#ifndef NESTOR_CLIENT_UTF8_H_
#define NESTOR_CLIENT_UTF8_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace nestor {

// Whether `text` is well-formed UTF-8 (Unicode 15, table 3-7: no overlong forms, no surrogates).
bool IsUtf8(absl::string_view text);

// The number of code points. REQUIRES: IsUtf8(text).
size_t CodePoints(absl::string_view text);

// The first `count` code points, the last of them replaced by an ellipsis when there are more.
// REQUIRES: IsUtf8(text), count >= 1.
std::string Shorten(absl::string_view text, size_t count);

}  // namespace nestor

#endif  // NESTOR_CLIENT_UTF8_H_
