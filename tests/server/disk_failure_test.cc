// A server whose disk fails, and works again.

#include "gmock/gmock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "gtest/gtest.h"
#include "tests/server/running_server.h"
#include "tests/storage/faulty_disk.h"

namespace nestor::testing {
namespace {

using grpc::health::v1::HealthCheckResponse;
using ::testing::HasSubstr;

// Says what health says of a service whenever that changes.
class HealthWatch {
 public:
  HealthWatch(const RunningServer& server, const std::string& service)
      : stub_(grpc::health::v1::Health::NewStub(
            grpc::CreateChannel(server.address(), grpc::InsecureChannelCredentials()))) {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    watch_ = stub_->Watch(&context_, request);
  }
  ~HealthWatch() {
    context_.TryCancel();
    (void)watch_->Finish();
  }
  HealthCheckResponse::ServingStatus Next() {
    HealthCheckResponse response;
    return watch_->Read(&response) ? response.status() : HealthCheckResponse::UNKNOWN;
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::health::v1::Health::Stub> stub_;
  std::unique_ptr<grpc::ClientReader<HealthCheckResponse>> watch_;
};

class DiskFailureTest : public ::testing::Test {
 protected:
  DiskFailureTest() {
    server_.Recover();
    server_.CreateDocs();
    EXPECT_TRUE(server_.Upsert({MakePoint(1, {1, 0, 0, 0})}).ok());
  }
  absl::StatusCode CodeOfUpsert(uint64_t id) {
    return server_.Upsert({MakePoint(id, {0, 1, 0, 0})}).status().code();
  }
  absl::StatusCode CodeOfDelete(uint64_t id) {
    v1::DeleteRequest request;
    request.set_collection("docs");
    request.mutable_selector()->mutable_ids()->add_ids()->set_num(id);
    return server_.client().Delete(request).status().code();
  }
  bool Finds(uint64_t id, const std::vector<float>& vector) {
    v1::SearchRequest request;
    request.set_collection("docs");
    request.set_limit(1);
    *request.mutable_vector() = MakeVector(vector);
    const auto found = server_.client().Search(request);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() && found->hits_size() == 1 && found->hits(0).id().num() == id;
  }
  v1::Collection::State State() {
    v1::GetCollectionRequest request;
    request.set_name("docs");
    const auto collection = server_.client().GetCollection(request);
    EXPECT_TRUE(collection.ok()) << collection.status();
    return collection.ok() ? collection->state() : v1::Collection::STATE_UNSPECIFIED;
  }

  FaultyDisk disk_;
  RunningServer server_{disk_.env()};
};

TEST_F(DiskFailureTest, AFailedSyncMakesTheServerReadOnlyUntilTheDiskWorks) {
  HealthWatch write(server_, "write");
  HealthWatch whole(server_, "");
  EXPECT_EQ(write.Next(), HealthCheckResponse::SERVING);
  EXPECT_EQ(whole.Next(), HealthCheckResponse::SERVING);

  disk_.FailSyncs();
  EXPECT_EQ(CodeOfUpsert(2), absl::StatusCode::kUnknown);
  EXPECT_EQ(write.Next(), HealthCheckResponse::NOT_SERVING);
  const auto refused = server_.Upsert({MakePoint(3, {0, 0, 1, 0})});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition) << refused.status();
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("the disk is gone"));
  EXPECT_EQ(CodeOfDelete(1), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Finds(1, {1, 0, 0, 0}));
  EXPECT_EQ(State(), v1::Collection::READ_ONLY);

  disk_.Heal();
  EXPECT_EQ(whole.Next(), HealthCheckResponse::NOT_SERVING);  // the store is opened again
  EXPECT_EQ(whole.Next(), HealthCheckResponse::SERVING);
  EXPECT_EQ(State(), v1::Collection::READY);
  EXPECT_EQ(CodeOfUpsert(4), absl::StatusCode::kOk);
  EXPECT_TRUE(Finds(1, {1, 0, 0, 0}));
  EXPECT_FALSE(Finds(3, {0, 0, 1, 0}));
}

// The write that failed is there or it is not, and from then on that is so.
TEST_F(DiskFailureTest, OpeningAgainSettlesWhatWasUncertain) {
  disk_.FailSyncs();
  EXPECT_EQ(CodeOfUpsert(2), absl::StatusCode::kUnknown);
  HealthWatch whole(server_, "");
  EXPECT_EQ(whole.Next(), HealthCheckResponse::SERVING);
  disk_.Heal();
  EXPECT_EQ(whole.Next(), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(whole.Next(), HealthCheckResponse::SERVING);
  v1::CountRequest count;
  count.set_collection("docs");
  const auto before = server_.client().Count(count);
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_EQ(Finds(2, {0, 1, 0, 0}), before->count() == 2);
  EXPECT_EQ(CodeOfUpsert(2), absl::StatusCode::kOk);
  EXPECT_EQ(server_.client().Count(count)->count(), 2u);
}

TEST_F(DiskFailureTest, AWaitForTheIndexEndsWhenTheStoreIsOpenedAgain) {
  disk_.FailSyncs();
  EXPECT_EQ(CodeOfUpsert(2), absl::StatusCode::kUnknown);
  HealthWatch whole(server_, "");
  EXPECT_EQ(whole.Next(), HealthCheckResponse::SERVING);
  disk_.Heal();
  v1::WaitForIndexRequest wait;
  wait.set_name("docs");
  const auto waited = server_.client().WaitForIndex(wait);
  EXPECT_TRUE(waited.ok() || absl::IsUnavailable(waited.status())) << waited.status();
  EXPECT_EQ(whole.Next(), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(whole.Next(), HealthCheckResponse::SERVING);
}

TEST(DiskFailureStopTest, AServerWhoseDiskFailedStops) {
  FaultyDisk disk;
  RunningServer server(disk.env());
  server.Recover();
  server.CreateDocs();
  disk.FailSyncs();
  EXPECT_EQ(server.Upsert({MakePoint(1, {1, 0, 0, 0})}).status().code(),
            absl::StatusCode::kUnknown);
  server.server().Drain();
}

}  // namespace
}  // namespace nestor::testing
