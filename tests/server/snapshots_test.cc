// nestor.v1.Snapshots over the wire, against a whole server.

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/error_details.h"
#include "gmock/gmock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "gtest/gtest.h"
#include "tests/server/running_server.h"

namespace nestor::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class SnapshotsServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_.Recover();
    server_.CreateDocs();
    ASSERT_TRUE(server_.Upsert({MakePoint(1, {1, 0, 0, 0}), MakePoint(2, {0, 1, 0, 0})}).ok());
  }
  absl::StatusOr<v1::Snapshot> Create(const std::string& collection = "docs") {
    v1::CreateSnapshotRequest request;
    request.set_collection(collection);
    return server_.client().CreateSnapshot(request);
  }
  absl::StatusOr<v1::Snapshot> Verify(const std::string& name) {
    v1::VerifySnapshotRequest request;
    request.set_name(name);
    return server_.client().VerifySnapshot(request);
  }
  absl::Status Delete(const std::string& name, bool allow_missing = false) {
    v1::DeleteSnapshotRequest request;
    request.set_name(name);
    request.set_allow_missing(allow_missing);
    return server_.client().DeleteSnapshot(request);
  }
  absl::StatusOr<v1::Collection> Restore(const std::string& name, const std::string& collection) {
    v1::RestoreSnapshotRequest request;
    request.set_name(name);
    request.set_collection(collection);
    return server_.client().RestoreSnapshot(request);
  }
  uint64_t Count(const std::string& collection) {
    v1::CountRequest request;
    request.set_collection(collection);
    return server_.client().Count(request).value().count();
  }
  std::string Path(const std::string& name) const {
    return server_.directory().Join("data/snapshots/" + name);
  }

  RunningServer server_;
};

TEST_F(SnapshotsServiceTest, SaysWhatASnapshotIsOf) {
  const auto snapshot = Create();
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_EQ(snapshot->collection(), "docs");
  EXPECT_EQ(snapshot->points(), 2u);
  EXPECT_EQ(snapshot->sequence(), 1u);
  EXPECT_GT(snapshot->create_time().seconds(), 0);
  uint64_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(Path(snapshot->name()))) {
    bytes += entry.file_size();
  }
  EXPECT_EQ(snapshot->bytes(), bytes);
  EXPECT_EQ(Verify(snapshot->name())->SerializeAsString(), snapshot->SerializeAsString());
  EXPECT_EQ(Create("missing").status(), absl::NotFoundError("no collection 'missing'"));
}

TEST_F(SnapshotsServiceTest, RestoresIntoANewCollection) {
  const std::string name = Create()->name();
  ASSERT_TRUE(server_.Upsert({MakePoint(3, {0, 0, 1, 0})}).ok());
  const auto restored = Restore(name, "again");
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->name(), "again");
  EXPECT_EQ(restored->dims(), 4u);
  EXPECT_EQ(Count("again"), 2u);
  EXPECT_EQ(Count("docs"), 3u);
  EXPECT_EQ(Restore(name, "again").status(), absl::AlreadyExistsError("collection 'again' exists"));
  EXPECT_TRUE(absl::IsInvalidArgument(Restore(name, "../up").status()));
}

TEST_F(SnapshotsServiceTest, ListsInPages) {
  std::vector<std::string> names;
  for (int i = 0; i < 3; ++i) names.push_back(Create()->name());
  std::sort(names.begin(), names.end());
  v1::ListSnapshotsRequest request;
  request.set_page_size(2);
  std::vector<std::string> listed;
  do {
    const auto page = server_.client().ListSnapshots(request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Snapshot& snapshot : page->snapshots()) listed.push_back(snapshot.name());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, names);
  request.set_collection("other");
  EXPECT_EQ(server_.client().ListSnapshots(request)->snapshots_size(), 0);
  request.set_page_size(1001);
  const absl::Status refused = server_.client().ListSnapshots(request).status();
  EXPECT_EQ(refused.message(), "page_size: 1001 exceeds 1000");
  ASSERT_EQ(FieldViolations(refused).size(), 1u);
  EXPECT_EQ(FieldViolations(refused)[0].field, "page_size");
}

TEST_F(SnapshotsServiceTest, OneThatIsDamagedIsListedWithItsProblemAndCanBeDeleted) {
  const std::string name = Create()->name();
  std::ofstream(Path(name) + "/manifest", std::ios::trunc) << "no";
  const auto list = server_.client().ListSnapshots({});
  ASSERT_EQ(list->snapshots_size(), 1);
  EXPECT_EQ(list->snapshots(0).name(), name);
  EXPECT_THAT(list->snapshots(0).problem(), HasSubstr("manifest is damaged: only 2 bytes"));
  EXPECT_TRUE(absl::IsDataLoss(Verify(name).status()));
  EXPECT_TRUE(absl::IsDataLoss(Restore(name, "again").status()));
  EXPECT_TRUE(Delete(name).ok());
  EXPECT_FALSE(fs::exists(Path(name)));
}

TEST_F(SnapshotsServiceTest, NamesThatAreNoneAreRefused) {
  for (const char* name : {"", "..", "../docs", "docs"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Verify(name).status())) << name;
    EXPECT_TRUE(absl::IsInvalidArgument(Delete(name, true))) << name;
  }
  const std::string missing = "docs-20261126T121730Z-0a1b2c3d";
  EXPECT_TRUE(absl::IsNotFound(Delete(missing)));
  EXPECT_TRUE(Delete(missing, true).ok());
  EXPECT_TRUE(absl::IsNotFound(Verify(missing).status()));
}

TEST_F(SnapshotsServiceTest, HealthKnowsTheService) {
  auto stub = grpc::health::v1::Health::NewStub(
      grpc::CreateChannel(server_.address(), grpc::InsecureChannelCredentials()));
  grpc::health::v1::HealthCheckRequest request;
  request.set_service("nestor.v1.Snapshots");
  grpc::ClientContext context;
  grpc::health::v1::HealthCheckResponse response;
  EXPECT_TRUE(stub->Check(&context, request, &response).ok());
}

}  // namespace
}  // namespace nestor::testing
