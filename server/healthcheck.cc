#include "server/healthcheck.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/grpcpp.h"

namespace nestor {

namespace health = grpc::health::v1;

absl::Status CheckHealth(const std::string& address) {
  absl::string_view port = address;
  const std::string target = absl::ConsumePrefix(&port, "0.0.0.0:")
                                 ? absl::StrCat("127.0.0.1:", port)
                             : absl::ConsumePrefix(&port, "[::]:") ? absl::StrCat("[::1]:", port)
                                                                   : address;
  grpc::ChannelArguments arguments;
  // An address means that machine, whatever http_proxy says.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  const auto stub = health::Health::NewStub(
      grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(3));
  health::HealthCheckResponse response;
  const grpc::Status status = stub->Check(&context, {}, &response);
  if (!status.ok())
    return absl::UnavailableError(absl::StrCat(target, ": ", status.error_message()));
  if (response.status() == health::HealthCheckResponse::SERVING) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(
      target, ": ", health::HealthCheckResponse::ServingStatus_Name(response.status())));
}

}  // namespace nestor
