#include "engine/payload.h"

#include <map>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/limits.h"

namespace nestor {
namespace {

using storage::PayloadRecord;
using storage::PayloadValue;

absl::Time TimeFrom(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

void AddLeaf(const PayloadValue& value, FieldValues* values) {
  switch (value.kind_case()) {
    case PayloadValue::kBoolValue:
      values->scalars.emplace_back(value.bool_value());
      return;
    case PayloadValue::kIntValue:
      values->scalars.emplace_back(int64_t{value.int_value()});
      return;
    case PayloadValue::kDoubleValue:
      values->scalars.emplace_back(value.double_value());
      return;
    case PayloadValue::kStringValue:
      values->scalars.emplace_back(value.string_value());
      return;
    case PayloadValue::kTimeValue:
      values->scalars.emplace_back(TimeFrom(value.time_value()));
      return;
    case PayloadValue::kListValue:
      for (const PayloadValue& item : value.list_value().items()) AddLeaf(item, values);
      return;
    case PayloadValue::kObjectValue:
      return;
    case PayloadValue::KIND_NOT_SET:
      values->scalars.emplace_back(Null());
      return;
  }
}

void AddAt(const PayloadRecord& payload, absl::string_view path, FieldValues* values);

// `value` is not the end of the path: objects lie within it, or nothing does.
void AddWithin(const PayloadValue& value, absl::string_view path, FieldValues* values) {
  if (value.has_object_value()) AddAt(value.object_value(), path, values);
  for (const PayloadValue& item : value.list_value().items()) AddWithin(item, path, values);
}

void AddAt(const PayloadRecord& payload, absl::string_view path, FieldValues* values) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(path, absl::MaxSplits('.', 1));
  for (const PayloadRecord::Field& field : payload.fields()) {
    if (field.name() != parts.first) continue;
    if (parts.first.size() == path.size()) {
      values->present = true;
      AddLeaf(field.value(), values);
    } else {
      AddWithin(field.value(), parts.second, values);
    }
  }
}

}  // namespace

FieldValues ValuesAt(const PayloadRecord& payload, absl::string_view path) {
  FieldValues values;
  AddAt(payload, path, &values);
  return values;
}

absl::StatusOr<std::string> PatchPayload(const std::string& stored, const PayloadPatch& patch) {
  PayloadRecord payload;
  if (!payload.ParseFromString(stored)) return absl::DataLossError("a stored payload is malformed");
  std::map<absl::string_view, const PayloadValue*> set;
  for (const PayloadRecord::Field& field : patch.set.fields()) set[field.name()] = &field.value();
  const absl::flat_hash_set<absl::string_view> remove(patch.remove.begin(), patch.remove.end());
  PayloadRecord patched;
  for (PayloadRecord::Field& field : *payload.mutable_fields()) {
    if (remove.contains(field.name())) continue;
    PayloadRecord::Field* out = patched.add_fields();
    *out = std::move(field);
    const auto it = set.find(out->name());
    if (it == set.end()) continue;
    *out->mutable_value() = *it->second;
    set.erase(it);
  }
  for (const auto& [name, value] : set) {
    PayloadRecord::Field* out = patched.add_fields();
    out->set_name(std::string(name));
    *out->mutable_value() = *value;
  }
  std::string bytes = patched.SerializeAsString();
  if (bytes.size() > kMaxPayloadBytes) {
    return absl::InvalidArgumentError(absl::StrCat("the payload would be ", bytes.size(),
                                                   " bytes; the limit is ", kMaxPayloadBytes));
  }
  return bytes;
}

bool IsFieldPath(absl::string_view path) {
  if (path.size() > kMaxFieldPathBytes) return false;
  for (absl::string_view part : absl::StrSplit(path, '.')) {
    if (part.empty()) return false;
  }
  return true;
}

std::string FieldPathProblem(absl::string_view path) {
  return absl::StrCat("'", absl::CEscape(path.substr(0, kMaxFieldPathBytes)),
                      "' is no path of names and dots of 1 to ", kMaxFieldPathBytes, " bytes");
}

}  // namespace nestor
