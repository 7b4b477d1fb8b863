// Start, health, drain, and what a server that is not ready says.

#include <thread>

#include "gmock/gmock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "gtest/gtest.h"
#include "server/healthcheck.h"
#include "tests/server/running_server.h"

namespace nestor::testing {
namespace {

using grpc::health::v1::HealthCheckResponse;
using ::testing::HasSubstr;

TEST(LifecycleTest, HealthIsAskedOfTheServerAndNotOfAProxy) {
  RunningServer server;
  server.Recover();
  for (const char* all_but : {"no_grpc_proxy", "no_proxy"}) unsetenv(all_but);
  setenv("grpc_proxy", "http://127.0.0.1:1", 1);
  EXPECT_EQ(CheckHealth(server.address()), absl::OkStatus());
  unsetenv("grpc_proxy");
}

TEST(LifecycleTest, HealthFollowsRecoveryAndDrain) {
  RunningServer server;
  auto stub = grpc::health::v1::Health::NewStub(
      grpc::CreateChannel(server.address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  auto watch = stub->Watch(&context, {});
  HealthCheckResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  EXPECT_THAT(std::string(CheckHealth(server.address()).message()), HasSubstr("NOT_SERVING"));
  EXPECT_EQ(server.client().ListCollections({}).status().code(), absl::StatusCode::kUnavailable);

  server.Recover();
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  EXPECT_TRUE(CheckHealth(server.address()).ok());
  EXPECT_TRUE(server.client().ListCollections({}).ok());

  std::thread drain([&server] { server.server().Drain(); });
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  EXPECT_FALSE(watch->Read(&response));  // a drain ends every watch, or it would wait for it
  EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  drain.join();
}

TEST(LifecycleTest, HealthKnowsItsServicesByName) {
  RunningServer server;
  server.Recover();
  auto stub = grpc::health::v1::Health::NewStub(
      grpc::CreateChannel(server.address(), grpc::InsecureChannelCredentials()));
  for (const auto& [name, code] :
       {std::pair("", grpc::StatusCode::OK), std::pair("nestor.v1.Points", grpc::StatusCode::OK),
        std::pair("nestor.v1.Unknown", grpc::StatusCode::NOT_FOUND)}) {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(name);
    grpc::ClientContext context;
    HealthCheckResponse response;
    EXPECT_EQ(stub->Check(&context, request, &response).error_code(), code) << name;
    EXPECT_EQ(response.status() == HealthCheckResponse::SERVING, code == grpc::StatusCode::OK);
  }
  grpc::health::v1::HealthCheckRequest request;
  request.set_service("nestor.v1.Unknown");
  grpc::ClientContext context;
  HealthCheckResponse response;
  auto watch = stub->Watch(&context, request);
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVICE_UNKNOWN);
  context.TryCancel();
  EXPECT_FALSE(watch->Read(&response));
}

TEST(LifecycleTest, ASecondServerOnTheSameDataIsRefused) {
  RunningServer first;
  first.Recover();
  ServerOptions options;
  options.data = first.directory().Join("data");
  options.grpc = "127.0.0.1:0";
  auto second = Server::Start(options);
  ASSERT_TRUE(second.ok());
  const absl::Status status = (*second)->Recover();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(options.data));
}

TEST(LifecycleTest, ATakenPortIsRefused) {
  RunningServer first;
  ServerOptions options;
  options.grpc = first.address();
  const auto second = Server::Start(options);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(first.address()));
}

}  // namespace
}  // namespace nestor::testing
