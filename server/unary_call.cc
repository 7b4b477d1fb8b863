#include "server/unary_call.h"

#include <string>

namespace nestor {

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  // The codes of absl::Status are gRPC's.
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()));
}

absl::Status TooManyCalls() {
  return absl::ResourceExhaustedError("too many calls are waiting; retry later");
}

absl::Status CallContext::Stop() const {
  if (absl::FromChrono(context_->deadline()) <= absl::Now()) {
    return absl::DeadlineExceededError("the call's deadline has passed");
  }
  if (context_->IsCancelled()) return absl::CancelledError("the client cancelled the call");
  return absl::OkStatus();
}

}  // namespace nestor
