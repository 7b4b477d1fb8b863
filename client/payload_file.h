#ifndef NESTOR_CLIENT_PAYLOAD_FILE_H_
#define NESTOR_CLIENT_PAYLOAD_FILE_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/input_file.h"
#include "nestor/v1/common.pb.h"

namespace nestor {

struct PayloadRow {
  v1::Payload payload;
  v1::PointId id;  // set when the file was opened with an id field
};

// JSON lines: one object per line, one line per row, read as they are asked for (a pipe will do).
// Values become payload values as client/payload_json.h says. Errors are
// INVALID_ARGUMENT "file:line: what is wrong".
//
// Thread safety: none; one thread at a time.
class PayloadFile {
 public:
  // `id_field` names the field that holds the id of the point: a string, or an integer that is not
  // negative. It stays in the payload too. Empty: no ids.
  static absl::StatusOr<PayloadFile> Open(const std::string& path, const std::string& id_field);

  const std::string& path() const { return lines_.path(); }

  // nullopt after the last line.
  absl::StatusOr<std::optional<PayloadRow>> Next();

 private:
  PayloadFile(LineReader lines, const std::string& id_field)
      : lines_(std::move(lines)), id_field_(id_field) {}

  absl::StatusOr<v1::PointId> IdOf(const v1::Payload& payload) const;
  absl::Status AtLine(const absl::Status& status) const;

  LineReader lines_;
  std::string id_field_;
};

}  // namespace nestor

#endif  // NESTOR_CLIENT_PAYLOAD_FILE_H_
