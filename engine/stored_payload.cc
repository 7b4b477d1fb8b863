#include "engine/stored_payload.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "storage/payload.pb.h"

namespace nestor {
namespace {

bool Fits(const storage::PayloadRecord& payload, size_t levels);

bool Fits(const storage::PayloadValue& value, size_t levels) {
  if (value.has_object_value()) return Fits(value.object_value(), levels);
  if (!value.has_list_value()) return true;
  const auto& items = value.list_value().items();
  return levels > 0 &&
         std::all_of(items.begin(), items.end(),
                     [&](const storage::PayloadValue& item) { return Fits(item, levels - 1); });
}

bool Fits(const storage::PayloadRecord& payload, size_t levels) {
  const auto& fields = payload.fields();
  return levels > 0 &&
         std::all_of(fields.begin(), fields.end(), [&](const storage::PayloadRecord::Field& field) {
           return Fits(field.value(), levels - 1);
         });
}

}  // namespace

absl::Status CheckStoredPayload(absl::string_view bytes) {
  if (bytes.empty()) return absl::OkStatus();
  if (bytes.size() > kMaxPayloadBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a payload of ", bytes.size(), " bytes exceeds ", kMaxPayloadBytes));
  }
  storage::PayloadRecord payload;
  if (!payload.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError("a payload is malformed");
  }
  if (Fits(payload, kMaxPayloadLevels)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a payload is nested deeper than ", kMaxPayloadLevels));
}

}  // namespace nestor
