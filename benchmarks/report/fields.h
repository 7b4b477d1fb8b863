#ifndef NESTOR_BENCHMARKS_REPORT_FIELDS_H_
#define NESTOR_BENCHMARKS_REPORT_FIELDS_H_

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "client/json.h"

namespace nestor::bench {

// What a document has, whatever it has: a file may come from another version of this program, or
// from somebody's editor, and a missing field must leave a gap in a report and not end it.

// Null if there is no such field, or `json` is no object.
inline const Json& Field(const Json& json, absl::string_view name) {
  static const Json& null = *new Json();
  if (!json.is_object()) return null;
  const auto it = json.find(std::string(name));
  return it == json.end() ? null : *it;
}

// Not a number if it is none.
inline double Number(const Json& json) {
  return json.is_number() ? json.get<double>() : std::numeric_limits<double>::quiet_NaN();
}
inline double Number(const Json& json, absl::string_view name) { return Number(Field(json, name)); }

// Empty if it is no text.
inline std::string Text(const Json& json, absl::string_view name) {
  const Json& field = Field(json, name);
  return field.is_string() ? field.get<std::string>() : "";
}

inline bool IsTrue(const Json& json, absl::string_view name) { return Field(json, name) == true; }

// The elements of an array; none if it is none.
inline std::vector<Json> Elements(const Json& json, absl::string_view name) {
  const Json& field = Field(json, name);
  return field.is_array() ? std::vector<Json>(field.begin(), field.end()) : std::vector<Json>();
}

// As a reader wants it: numbers with six digits, objects as "a 1, b 2", nothing for null.
inline std::string Readable(const Json& json) {
  if (json.is_null()) return "";
  if (json.is_string()) return json.get<std::string>();
  if (json.is_number_float()) return absl::StrFormat("%.6g", json.get<double>());
  if (!json.is_structured()) return json.dump();
  std::string text;
  for (const auto& [name, value] : json.items()) {
    if (json.is_object() && value.is_null()) continue;
    if (!text.empty()) text += json.is_object() ? ", " : " ";
    if (json.is_object()) text += name + " ";
    text += Readable(value);
  }
  return text;
}

// How many rows a search of the document is for; 10 if it does not say.
inline double LimitOf(const Json& document) {
  const double limit = Number(document, "limit");
  return std::isfinite(limit) ? limit : 10;
}

// The field of a quality at the limit of the document: "recall_at_10" of "recall".
inline std::string QualityField(const Json& document, absl::string_view quality) {
  return absl::StrCat(quality, "_at_", LimitOf(document));
}

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_REPORT_FIELDS_H_
