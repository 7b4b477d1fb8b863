#ifndef NESTOR_ENGINE_PAYLOAD_SCHEMA_H_
#define NESTOR_ENGINE_PAYLOAD_SCHEMA_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/scalar.h"

namespace nestor {

// What a payload index holds of a field. Values of other kinds are not in it, and filters may not
// ask for them. kInt and kDouble both hold every number and compare exactly; they say what a reader
// should expect.
enum class FieldType { kKeyword, kInt, kDouble, kBool, kTime };

// "keyword", "int", "double", "bool", "time".
absl::string_view FieldTypeName(FieldType type);
// Whether an index of this type holds `scalar`. NaN, which equals nothing, is in no index.
bool Holds(FieldType type, const Scalar& scalar);

struct IndexedField {
  std::string path;  // see ValuesAt
  FieldType type = FieldType::kKeyword;
  friend bool operator==(const IndexedField&, const IndexedField&) = default;
};

// The payload indexes of a collection, in the order in which they were declared; paths are
// distinct.
using PayloadSchema = std::vector<IndexedField>;

// Where `path` is in the schema; null if it has no index.
const IndexedField* FindField(const PayloadSchema& schema, absl::string_view path);

}  // namespace nestor

#endif  // NESTOR_ENGINE_PAYLOAD_SCHEMA_H_
