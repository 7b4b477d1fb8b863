// What the server says of an error beyond code and message arrives at the client.

#include "client/error_details.h"

#include <string>

#include "client/retry.h"
#include "engine/retry_later.h"
#include "engine/violations.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/unary_call.h"
#include "tests/server/running_server.h"

namespace nestor::testing {
namespace {

using ::testing::AllOf;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

absl::Status OverTheWire(const absl::Status& status) {
  return FromGrpcStatus(ToGrpcStatus(status));
}

TEST(ErrorDetailsTest, CodesAndMessagesArrive) {
  EXPECT_EQ(OverTheWire(absl::OkStatus()), absl::OkStatus());
  EXPECT_EQ(OverTheWire(absl::NotFoundError("no 'x'")), absl::NotFoundError("no 'x'"));
}

TEST(ErrorDetailsTest, ARetryDelayArrives) {
  const absl::Status status = OverTheWire(RetryLaterError("full", absl::Milliseconds(1250)));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(RetryDelay(status), absl::Milliseconds(1250));
  EXPECT_TRUE(IsRetryable(status));
  EXPECT_EQ(RetryDelay(OverTheWire(absl::ResourceExhaustedError("too large"))), std::nullopt);
  EXPECT_EQ(RetryDelay(OverTheWire(TooManyCalls())), absl::Milliseconds(50));
}

TEST(ErrorDetailsTest, VeryManyViolationsStayWithinTheMetadataOfACall) {
  Violations violations;
  for (int i = 0; i < 10000; ++i) violations.Add(absl::StrCat("points[", i, "].vector"), "is bad");
  const grpc::Status status = ToGrpcStatus(violations.ToStatus());
  EXPECT_LT(status.error_message().size() + status.error_details().size(), 4096u);
  const std::vector<FieldViolation> arrived = FieldViolations(FromGrpcStatus(status));
  ASSERT_GT(arrived.size(), 10u);
  EXPECT_EQ(arrived[10].field, "points[10].vector");
  EXPECT_EQ(arrived[10].problem, "is bad");
}

TEST(ErrorDetailsTest, EveryViolationOfACallArrivesByField) {
  RunningServer server;
  server.Recover();
  server.CreateDocs();
  v1::SearchRequest request;
  request.set_collection("docs");
  request.set_limit(5000);
  *request.mutable_vector() = MakeVector({1, 2});
  const absl::Status status = server.client().Search(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(FieldViolations(status),
              UnorderedElementsAre(AllOf(Field(&FieldViolation::field, "limit"),
                                         Field(&FieldViolation::problem, HasSubstr("5000"))),
                                   Field(&FieldViolation::field, "vector")));
}

}  // namespace
}  // namespace nestor::testing
