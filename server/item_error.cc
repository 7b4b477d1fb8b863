#include "server/item_error.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/types/optional.h"
#include "nestor/rpc/status.pb.h"

namespace nestor {

void WriteError(const absl::Status& status, v1::ItemError* out) {
  out->set_code(static_cast<int32_t>(status.code()));
  out->set_message(std::string(status.message()));
  const absl::optional<absl::Cord> payload =
      status.GetPayload("type.googleapis.com/google.rpc.BadRequest");
  rpc::BadRequest details;
  if (payload.has_value() && details.ParseFromString(std::string(*payload)) &&
      details.field_violations_size() > 0) {
    out->set_field(details.field_violations(0).field());
  }
}

}  // namespace nestor
