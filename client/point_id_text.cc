#include "client/point_id_text.h"

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/utf8.h"

namespace nestor {
namespace {

bool IsDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

absl::StatusOr<v1::PointId> MakeNumberId(absl::string_view text) {
  uint64_t number = 0;
  if (!IsDigits(text)) {
    return absl::InvalidArgumentError(absl::StrCat("id 'num:", text, "' is not a number"));
  }
  if (!absl::SimpleAtoi(text, &number)) {
    return absl::InvalidArgumentError(absl::StrCat("id ", text, " exceeds ", UINT64_MAX,
                                                   "; write str:", text, " for the string"));
  }
  v1::PointId id;
  id.set_num(number);
  return id;
}

}  // namespace

absl::StatusOr<v1::PointId> ParsePointId(absl::string_view text) {
  if (absl::ConsumePrefix(&text, "str:")) return MakeStringId(text);
  if (absl::ConsumePrefix(&text, "num:") || IsDigits(text)) return MakeNumberId(text);
  return MakeStringId(text);
}

absl::StatusOr<v1::PointId> MakeStringId(absl::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("an id must not be empty");
  if (text.size() > kMaxStringIdBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("id of ", text.size(), " bytes exceeds ", kMaxStringIdBytes));
  }
  if (!IsUtf8(text)) return absl::InvalidArgumentError("id is not valid UTF-8");
  v1::PointId id;
  id.set_str(std::string(text));
  return id;
}

std::string FormatPointId(const v1::PointId& id) {
  if (id.id_case() == v1::PointId::kNum) return absl::StrCat(id.num());
  if (id.id_case() != v1::PointId::kStr) return "(none)";
  const bool ambiguous = IsDigits(id.str()) || absl::StartsWith(id.str(), "str:") ||
                         absl::StartsWith(id.str(), "num:");
  return absl::StrCat(ambiguous ? "str:" : "", id.str());
}

}  // namespace nestor
