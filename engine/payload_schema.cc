#include "engine/payload_schema.h"

#include <algorithm>
#include <cmath>

namespace nestor {

absl::string_view FieldTypeName(FieldType type) {
  switch (type) {
    case FieldType::kKeyword:
      return "keyword";
    case FieldType::kInt:
      return "int";
    case FieldType::kDouble:
      return "double";
    case FieldType::kBool:
      return "bool";
    case FieldType::kTime:
      return "time";
  }
  return "";
}

bool Holds(FieldType type, const Scalar& scalar) {
  switch (type) {
    case FieldType::kKeyword:
      return std::holds_alternative<std::string>(scalar);
    case FieldType::kInt:
    case FieldType::kDouble:
      return IsNumber(scalar) && !std::isnan(NumberOf(scalar));
    case FieldType::kBool:
      return std::holds_alternative<bool>(scalar);
    case FieldType::kTime:
      return std::holds_alternative<absl::Time>(scalar);
  }
  return false;
}

const IndexedField* FindField(const PayloadSchema& schema, absl::string_view path) {
  const auto it = std::find_if(schema.begin(), schema.end(),
                               [&](const IndexedField& field) { return field.path == path; });
  return it == schema.end() ? nullptr : &*it;
}

}  // namespace nestor
