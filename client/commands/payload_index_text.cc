#include "client/commands/payload_index_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace nestor::cli {

absl::StatusOr<v1::PayloadIndex> ParsePayloadIndex(absl::string_view text) {
  // The last colon: a field may have some in its name.
  const size_t colon = text.rfind(':');
  v1::PayloadIndex index;
  v1::PayloadIndex::Type type;
  if (colon == absl::string_view::npos || colon == 0 ||
      !v1::PayloadIndex::Type_Parse(absl::AsciiStrToUpper(text.substr(colon + 1)), &type) ||
      type == v1::PayloadIndex::TYPE_UNSPECIFIED) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", text, "' is not FIELD:TYPE with a type of keyword, int, double, bool, time"));
  }
  index.set_field(std::string(text.substr(0, colon)));
  index.set_type(type);
  return index;
}

std::string FormatPayloadIndex(const v1::PayloadIndex& index) {
  return absl::StrCat(index.field(), ":",
                      absl::AsciiStrToLower(v1::PayloadIndex::Type_Name(index.type())));
}

CLI::Validator PayloadIndexValidator() {
  return CLI::Validator(
      [](const std::string& text) {
        return std::string(ParsePayloadIndex(text).status().message());
      },
      "");
}

}  // namespace nestor::cli
