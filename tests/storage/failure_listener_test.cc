#include "storage/failure_listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nestor {
namespace {

using rocksdb::BackgroundErrorReason;
using rocksdb::Status;
using ::testing::AllOf;
using ::testing::HasSubstr;

absl::Status After(BackgroundErrorReason reason, const Status& error, Status::Severity severity) {
  FailureListener listener;
  Status with_severity(error, severity);
  listener.OnBackgroundError(reason, &with_severity);
  return listener.Writable();
}

TEST(FailureListenerTest, AStoreIsWritableUntilItFails) {
  EXPECT_EQ(FailureListener().Writable(), absl::OkStatus());
}

TEST(FailureListenerTest, WhatRocksDbTriesAgainIsNoFailure) {
  EXPECT_EQ(
      After(BackgroundErrorReason::kCompaction, Status::NoSpace(), Status::Severity::kSoftError),
      absl::OkStatus());
}

TEST(FailureListenerTest, AFailureOfTheDiskMayBeMended) {
  const absl::Status status =
      After(BackgroundErrorReason::kFlush, Status::IOError("gone"), Status::Severity::kFatalError);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("read-only"), HasSubstr("gone")));
}

TEST(FailureListenerTest, DamageIsNotMendedByOpeningAgain) {
  const absl::Status status = After(BackgroundErrorReason::kCompaction, Status::Corruption("bad"),
                                    Status::Severity::kUnrecoverableError);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
}

TEST(FailureListenerTest, TheFirstFailureIsTheOneThatIsNamed) {
  FailureListener listener;
  listener.Remember(absl::StatusCode::kFailedPrecondition, "the first");
  listener.Remember(absl::StatusCode::kDataLoss, "the second");
  EXPECT_EQ(listener.Writable().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(listener.Writable().message()), HasSubstr("the first"));
}

}  // namespace
}  // namespace nestor
