// Points that expire, as a client sees them.

#include <string>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/time_util.h"
#include "gtest/gtest.h"
#include "tests/server/running_server.h"
#include "tests/testing/without_details.h"

namespace nestor::testing {
namespace {

using google::protobuf::util::TimeUtil;
using ::testing::HasSubstr;

google::protobuf::Timestamp At(absl::Time time) {
  return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

class ServerExpiryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_.Recover();
    server_.CreateDocs();
  }
  v1::Point Expiring(uint64_t id, absl::Time time) {
    v1::Point point = MakePoint(id, {1, 0, 0, 0});
    *point.mutable_expire_time() = At(time);
    return point;
  }
  // Those of points 1 to 3 that are there.
  v1::GetResponse Get() {
    v1::GetRequest request;
    request.set_collection("docs");
    for (uint64_t id = 1; id <= 3; ++id) request.add_ids()->set_num(id);
    const auto found = server_.client().Get(request);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? *found : v1::GetResponse();
  }
  absl::StatusOr<v1::WriteResponse> Renew(uint64_t id, const google::protobuf::Timestamp& time) {
    v1::UpdatePayloadRequest request;
    request.set_collection("docs");
    request.mutable_selector()->mutable_ids()->add_ids()->set_num(id);
    *request.mutable_expire_time() = time;
    return server_.client().UpdatePayload(request);
  }

  RunningServer server_;
};

TEST_F(ServerExpiryTest, TimesComeBackAndWhatIsExpiredDoesNot) {
  const absl::Time later = absl::FromUnixMicros(4'000'000'000'123'456);
  ASSERT_TRUE(
      server_.Upsert({Expiring(1, later), Expiring(2, absl::Now()), MakePoint(3, {1, 0, 0, 0})})
          .ok());
  const v1::GetResponse found = Get();
  ASSERT_EQ(found.points_size(), 2);
  EXPECT_EQ(found.points(0).id().num(), 1u);
  EXPECT_EQ(TimeUtil::ToString(found.points(0).expire_time()), "2096-10-02T07:06:40.123456Z");
  EXPECT_EQ(found.points(1).id().num(), 3u);
  EXPECT_FALSE(found.points(1).has_expire_time());
}

TEST_F(ServerExpiryTest, ColumnsHaveOneTimePerIdAndTheZeroTimeIsNever) {
  v1::UpsertRequest request;
  request.set_collection("docs");
  v1::ColumnBatch& columns = *request.mutable_columns();
  const std::vector<float> values(12, 1.0f);
  columns.mutable_vectors()->set_rows(3);
  columns.mutable_vectors()->set_dims(4);
  columns.mutable_vectors()->set_packed(
      std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)));
  for (uint64_t id = 1; id <= 3; ++id) columns.add_ids()->set_num(id);
  *columns.add_expire_times() = At(absl::Now());
  EXPECT_EQ(WithoutDetails(server_.client().Upsert(request).status()),
            absl::InvalidArgumentError("columns.expire_times: 1 times for 3 ids"));
  columns.add_expire_times();
  *columns.add_expire_times() = At(absl::Now() + absl::Hours(1));
  ASSERT_TRUE(server_.client().Upsert(request).ok());
  const v1::GetResponse found = Get();
  ASSERT_EQ(found.points_size(), 2);
  EXPECT_FALSE(found.points(0).has_expire_time());
  EXPECT_TRUE(found.points(1).has_expire_time());
}

TEST_F(ServerExpiryTest, AnUpdateRenewsLiftsAndSetsTheTime) {
  ASSERT_TRUE(server_
                  .Upsert({Expiring(1, absl::Now() + absl::Hours(1)),
                           Expiring(2, absl::Now() + absl::Hours(1)), MakePoint(3, {1, 0, 0, 0})})
                  .ok());
  ASSERT_TRUE(Renew(1, At(absl::FromUnixSeconds(4'000'000'000))).ok());
  ASSERT_TRUE(Renew(2, {}).ok());
  ASSERT_TRUE(Renew(3, At(absl::Now())).ok());
  const v1::GetResponse found = Get();
  ASSERT_EQ(found.points_size(), 2);
  EXPECT_EQ(found.points(0).expire_time().seconds(), 4'000'000'000);
  EXPECT_EQ(found.points(0).version(), 1u);
  EXPECT_FALSE(found.points(1).has_expire_time());
  const auto renewed = Renew(3, {});  // too late
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  EXPECT_EQ(renewed->affected(), 0u);
  ASSERT_EQ(renewed->errors_size(), 1);
  EXPECT_EQ(renewed->errors(0).code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ServerExpiryTest, ATimeThatIsNoneIsRefusedByName) {
  google::protobuf::Timestamp bad;
  bad.set_seconds(253'402'300'800);
  EXPECT_EQ(
      WithoutDetails(Renew(1, bad).status()),
      absl::InvalidArgumentError("expire_time: 253402300800 s and 0 ns since 1970 are no time "
                                 "of the years 1 to 9999"));
  v1::Point point = MakePoint(1, {1, 0, 0, 0});
  point.mutable_expire_time()->set_nanos(-1);
  const auto written = server_.Upsert({point, MakePoint(2, {1, 0, 0, 0})});
  ASSERT_TRUE(written.ok()) << written.status();
  ASSERT_EQ(written->errors_size(), 1);
  EXPECT_EQ(written->errors(0).field(), "points[0].expire_time");
  EXPECT_THAT(written->errors(0).message(), HasSubstr("0 s and -1 ns"));
}

}  // namespace
}  // namespace nestor::testing
