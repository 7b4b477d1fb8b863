#include "client/error_details.h"

#include "absl/strings/cord.h"
#include "grpcpp/support/error_details.h"
#include "nestor/rpc/status.pb.h"

namespace nestor {
namespace {

// The payload of that type, if there is one that can be read.
template <typename Detail>
std::optional<Detail> FindDetail(const absl::Status& status, const char* type_url) {
  const absl::optional<absl::Cord> payload = status.GetPayload(type_url);
  Detail detail;
  if (!payload.has_value() || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

}  // namespace

absl::Status FromGrpcStatus(const grpc::Status& status) {
  // gRPC and Abseil number the codes alike.
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  rpc::Status details;
  if (!grpc::ExtractErrorDetails(status, &details).ok()) return result;
  for (const google::protobuf::Any& detail : details.details()) {
    result.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return result;
}

std::vector<FieldViolation> FieldViolations(const absl::Status& status) {
  std::vector<FieldViolation> violations;
  const auto details =
      FindDetail<rpc::BadRequest>(status, "type.googleapis.com/google.rpc.BadRequest");
  if (!details.has_value()) return violations;
  for (const rpc::BadRequest::FieldViolation& violation : details->field_violations()) {
    violations.push_back({violation.field(), violation.description()});
  }
  return violations;
}

std::optional<absl::Duration> RetryDelay(const absl::Status& status) {
  const auto details =
      FindDetail<rpc::RetryInfo>(status, "type.googleapis.com/google.rpc.RetryInfo");
  if (!details.has_value()) return std::nullopt;
  return absl::Seconds(details->retry_delay().seconds()) +
         absl::Nanoseconds(details->retry_delay().nanos());
}

}  // namespace nestor
