#include "server/payload_depth.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/limits.h"

namespace nestor {
namespace {

bool Fits(const v1::Payload& payload, size_t levels);

bool Fits(const v1::Value& value, size_t levels) {
  if (value.has_object_value()) return Fits(value.object_value(), levels);
  if (!value.has_list_value()) return true;
  const auto& items = value.list_value().items();
  return levels > 0 && std::all_of(items.begin(), items.end(),
                                   [&](const v1::Value& item) { return Fits(item, levels - 1); });
}

bool Fits(const v1::Payload& payload, size_t levels) {
  const auto& fields = payload.fields();
  return levels > 0 && std::all_of(fields.begin(), fields.end(), [&](const auto& field) {
           return Fits(field.second, levels - 1);
         });
}

}  // namespace

void CheckPayloadDepth(const v1::Payload& payload, absl::string_view field,
                       Violations* violations) {
  if (Fits(payload, kMaxPayloadLevels)) return;
  violations->Add(field, absl::StrCat("is nested deeper than ", kMaxPayloadLevels));
}

}  // namespace nestor
