#include "server/unary_call.h"

#include <string>

#include "absl/strings/cord.h"
#include "engine/retry_later.h"
#include "grpcpp/support/error_details.h"
#include "nestor/rpc/status.pb.h"

namespace nestor {

namespace {

constexpr absl::Duration kQueueDelay = absl::Milliseconds(50);

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  rpc::Status details;
  details.set_code(static_cast<int32_t>(status.code()));  // the codes of absl::Status are gRPC's
  details.set_message(std::string(status.message()));
  status.ForEachPayload([&](absl::string_view type_url, const absl::Cord& payload) {
    google::protobuf::Any* detail = details.add_details();
    detail->set_type_url(std::string(type_url));
    detail->set_value(std::string(payload));
  });
  grpc::Status answer(static_cast<grpc::StatusCode>(status.code()), details.message());
  // Fails only without a place to put them.
  if (details.details_size() > 0) (void)grpc::SetErrorDetails(details, &answer);
  return answer;
}

absl::Status TooManyCalls() {
  return RetryLaterError("too many calls are waiting; retry later", kQueueDelay);
}

absl::Status CallContext::operator()() const {
  if (absl::FromChrono(context_->deadline()) <= absl::Now()) {
    return absl::DeadlineExceededError("the call's deadline has passed");
  }
  if (context_->IsCancelled()) return absl::CancelledError("the client cancelled the call");
  return state_.CheckEngine();
}

}  // namespace nestor
