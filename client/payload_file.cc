#include "client/payload_file.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/payload_json.h"
#include "client/point_id_text.h"

namespace nestor {

absl::StatusOr<PayloadFile> PayloadFile::Open(const std::string& path,
                                              const std::string& id_field) {
  absl::StatusOr<LineReader> lines = LineReader::Open(path);
  if (!lines.ok()) return lines.status();
  return PayloadFile(*std::move(lines), id_field);
}

absl::StatusOr<std::optional<PayloadRow>> PayloadFile::Next() {
  absl::StatusOr<std::optional<absl::string_view>> line = lines_.Next();
  if (!line.ok()) return line.status();
  if (!line->has_value()) return std::nullopt;
  if (absl::StripAsciiWhitespace(**line).empty()) {
    return AtLine(absl::InvalidArgumentError("the line is empty; a JSON object is expected"));
  }
  PayloadRow row;
  absl::StatusOr<v1::Payload> payload = PayloadFromJson(**line);
  if (!payload.ok()) return AtLine(payload.status());
  row.payload = *std::move(payload);
  if (!id_field_.empty()) {
    absl::StatusOr<v1::PointId> id = IdOf(row.payload);
    if (!id.ok()) return AtLine(id.status());
    row.id = *std::move(id);
  }
  return row;
}

absl::StatusOr<v1::PointId> PayloadFile::IdOf(const v1::Payload& payload) const {
  const auto field = payload.fields().find(id_field_);
  if (field == payload.fields().end()) {
    return absl::InvalidArgumentError(absl::StrCat("id field '", id_field_, "' is missing"));
  }
  const v1::Value& value = field->second;
  if (value.kind_case() == v1::Value::kStringValue) return MakeStringId(value.string_value());
  if (value.kind_case() == v1::Value::kIntValue && value.int_value() >= 0) {
    v1::PointId id;
    id.set_num(static_cast<uint64_t>(value.int_value()));
    return id;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "id field '", id_field_, "' is neither a string nor an integer that is not negative"));
}

absl::Status PayloadFile::AtLine(const absl::Status& status) const {
  return absl::Status(status.code(),
                      absl::StrCat(path(), ":", lines_.line(), ": ", status.message()));
}

}  // namespace nestor
