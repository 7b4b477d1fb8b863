#include "client/commands/point_output.h"

#include "client/commands/table.h"
#include "client/json.h"
#include "client/point_id_text.h"

namespace nestor::cli {

absl::Status PrintPoint(const v1::Point& point, bool as_json, std::ostream& out) {
  absl::StatusOr<Json> json = PointToJson(point);
  if (!json.ok()) return json.status();
  if (as_json) {
    out << ToLine(*json) << "\n";
    return absl::OkStatus();
  }
  out << PrintableCell(FormatPointId(point.id())) << "  version " << point.version() << "  ";
  if (point.has_expire_time())
    out << "expires " << (*json)["expire_time"].get<std::string>() << "  ";
  out << PrintableCell(ToLine((*json)["payload"])) << "\n";
  if (point.has_vector()) out << "  " << ToLine((*json)["vector"]) << "\n";
  return absl::OkStatus();
}

}  // namespace nestor::cli
