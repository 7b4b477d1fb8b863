#ifndef NESTOR_CLIENT_COMMANDS_PAYLOAD_INDEX_TEXT_H_
#define NESTOR_CLIENT_COMMANDS_PAYLOAD_INDEX_TEXT_H_

#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nestor/v1/collections.pb.h"

namespace nestor::cli {

inline constexpr char kPayloadIndexForm[] = "FIELD:TYPE";

// "section:keyword". INVALID_ARGUMENT if the type is none of keyword, int, double, bool, time.
absl::StatusOr<v1::PayloadIndex> ParsePayloadIndex(absl::string_view text);
std::string FormatPayloadIndex(const v1::PayloadIndex& index);

CLI::Validator PayloadIndexValidator();

}  // namespace nestor::cli

#endif  // NESTOR_CLIENT_COMMANDS_PAYLOAD_INDEX_TEXT_H_
