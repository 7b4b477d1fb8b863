#include "engine/violations.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "nestor/rpc/status.pb.h"

namespace nestor {
namespace {

// gRPC carries the message and the details as metadata, of which a client takes 8 KiB together.
constexpr size_t kMaxTextBytes = 1024;
constexpr size_t kMaxDetailBytes = 1024;

rpc::BadRequest ToBadRequest(const std::vector<Violations::Violation>& list) {
  rpc::BadRequest details;
  for (const Violations::Violation& violation : list) {
    if (details.ByteSizeLong() > kMaxDetailBytes) break;
    rpc::BadRequest::FieldViolation* wire = details.add_field_violations();
    wire->set_field(violation.field);
    wire->set_description(violation.problem);
  }
  return details;
}

}  // namespace

absl::Status Violations::Only(absl::string_view field, absl::string_view problem) {
  Violations violations;
  violations.Add(field, problem);
  return violations.ToStatus();
}

absl::Status Violations::ToStatus() const {
  if (list_.empty()) return absl::OkStatus();
  std::string message;
  for (size_t i = 0; i < list_.size(); ++i) {
    if (message.size() > kMaxTextBytes) {
      absl::StrAppend(&message, "; and ", list_.size() - i, " more");
      break;
    }
    absl::StrAppend(&message, i == 0 ? "" : "; ", list_[i].field, ": ", list_[i].problem);
  }
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload("type.googleapis.com/google.rpc.BadRequest",
                    absl::Cord(ToBadRequest(list_).SerializeAsString()));
  return status;
}

}  // namespace nestor
