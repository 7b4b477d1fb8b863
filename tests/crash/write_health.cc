#include "tests/crash/write_health.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/error_details.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "tests/crash/housekeeping.h"

namespace nestor::testing {
namespace {

constexpr absl::Duration kLookAtHealth = absl::Milliseconds(20);

}  // namespace

absl::Status CheckWriteHealth(const std::string& address) {
  using grpc::health::v1::HealthCheckResponse;
  const auto stub = grpc::health::v1::Health::NewStub(
      grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(3));
  grpc::health::v1::HealthCheckRequest request;
  request.set_service("write");
  HealthCheckResponse response;
  const grpc::Status status = stub->Check(&context, request, &response);
  if (!status.ok()) return FromGrpcStatus(status);
  if (response.status() == HealthCheckResponse::SERVING) return absl::OkStatus();
  return absl::UnavailableError(HealthCheckResponse::ServingStatus_Name(response.status()));
}

absl::Status WaitUntilWritable(const Client& client, const std::string& address,
                               absl::Duration patience, absl::Duration* took) {
  const absl::Time began = absl::Now();
  absl::Status status;
  do {
    status = ProbeUpsert(client);
    if (status.ok()) status = CheckWriteHealth(address);
    *took = absl::Now() - began;
    if (status.ok()) return status;
    absl::SleepFor(kLookAtHealth);
  } while (*took < patience);
  return absl::DeadlineExceededError(
      absl::StrCat("the server does not take writes again: ", status.ToString()));
}

}  // namespace nestor::testing
