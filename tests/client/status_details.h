#ifndef NESTOR_TESTS_CLIENT_STATUS_DETAILS_H_
#define NESTOR_TESTS_CLIENT_STATUS_DETAILS_H_

#include <string>

#include "absl/time/time.h"
#include "client/error_details.h"
#include "grpcpp/support/error_details.h"
#include "nestor/rpc/status.pb.h"

namespace nestor {

// A status as it comes over the wire, with one of the google.rpc details.
inline grpc::Status WithDetail(grpc::StatusCode code, const std::string& message,
                               const std::string& type, const google::protobuf::Message& detail) {
  rpc::Status details;
  details.set_code(code);
  details.set_message(message);
  google::protobuf::Any* any = details.add_details();
  any->set_type_url("type.googleapis.com/google.rpc." + type);
  any->set_value(detail.SerializeAsString());
  grpc::Status status;
  (void)grpc::SetErrorDetails(details, &status);
  return status;
}

// What a full server answers.
inline grpc::Status FullServer(const std::string& message, absl::Duration delay) {
  rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(delay));
  info.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(delay % absl::Seconds(1))));
  return WithDetail(grpc::StatusCode::RESOURCE_EXHAUSTED, message, "RetryInfo", info);
}

inline absl::Status RetryLaterError(const std::string& message, absl::Duration delay) {
  return FromGrpcStatus(FullServer(message, delay));
}

}  // namespace nestor

#endif  // NESTOR_TESTS_CLIENT_STATUS_DETAILS_H_
