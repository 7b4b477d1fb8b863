#ifndef NESTOR_TESTS_CLIENT_RETRY_LATER_ERROR_H_
#define NESTOR_TESTS_CLIENT_RETRY_LATER_ERROR_H_

#include <string>

#include "absl/time/time.h"
#include "client/error_details.h"
#include "grpcpp/support/error_details.h"
#include "nestor/rpc/status.pb.h"

namespace nestor {

// What a full server answers.
inline grpc::Status FullServer(const std::string& message, absl::Duration delay) {
  rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(delay));
  info.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(delay % absl::Seconds(1))));
  rpc::Status details;
  details.set_code(grpc::StatusCode::RESOURCE_EXHAUSTED);
  details.set_message(message);
  google::protobuf::Any* detail = details.add_details();
  detail->set_type_url("type.googleapis.com/google.rpc.RetryInfo");
  detail->set_value(info.SerializeAsString());
  grpc::Status status;
  (void)grpc::SetErrorDetails(details, &status);
  return status;
}

inline absl::Status RetryLaterError(const std::string& message, absl::Duration delay) {
  return FromGrpcStatus(FullServer(message, delay));
}

}  // namespace nestor

#endif  // NESTOR_TESTS_CLIENT_RETRY_LATER_ERROR_H_
