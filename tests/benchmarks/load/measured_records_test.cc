#include "benchmarks/load/measured_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/benchmarks/load/milliseconds.h"

namespace nestor::bench {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

OperationRecord Call(int64_t intended_ms, int64_t done_ms,
                     absl::StatusCode code = absl::StatusCode::kOk) {
  OperationRecord record;
  record.intended_ns = intended_ms * kMs;
  record.sent_ns = record.intended_ns;
  record.done_ns = done_ms * kMs;
  record.code = static_cast<uint8_t>(code);
  return record;
}

OperationRecord Ended(absl::StatusCode code) { return Call(0, 1, code); }

OperationRecord Skipped(absl::StatusCode code) {
  OperationRecord record = Ended(code);
  record.sent_ns = OperationRecord::kNotSent;
  return record;
}

TEST(MeasuredRecordsTest, ACallBelongsToTheTimeThatItWasIntendedForAndItsAnswerToWhenItCame) {
  MeasuredRun run;
  run.begin_ns = 100 * kMs;
  run.end_ns = 200 * kMs;
  KeepMeasured({Call(50, 99),                                                 // neither
                Call(99, 100),                                                // only its answer
                Call(100, 199),                                               // both
                Call(150, 160, absl::StatusCode::kInternal), Call(199, 200),  // only the call
                Call(200, 201)},
               &run);
  ASSERT_EQ(run.records.size(), 3U);
  EXPECT_EQ(run.records[0].intended_ns, 100 * kMs);
  EXPECT_EQ(run.records[1].intended_ns, 150 * kMs);
  EXPECT_EQ(run.records[2].intended_ns, 199 * kMs);
  EXPECT_EQ(run.answered, 2U);
}

TEST(MeasuredRecordsTest, ACallThatWasSkippedIsKeptAndIsNoAnswer) {
  MeasuredRun run;
  run.end_ns = 100 * kMs;
  KeepMeasured({Skipped(OperationRecord::kCrowded), Skipped(OperationRecord::kLate)}, &run);
  EXPECT_EQ(run.records.size(), 2U);
  EXPECT_EQ(run.answered, 0U);
}

TEST(MeasuredRecordsTest, AServerThatIsNotThereIsAnError) {
  const absl::Status status =
      CheckAnswered({Skipped(OperationRecord::kCrowded), Ended(absl::StatusCode::kUnavailable),
                     Skipped(OperationRecord::kLate)},
                    "there:1");
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("there:1"), HasSubstr("answered no search")));
}

TEST(MeasuredRecordsTest, OneAnswerOrTooMuchToDoIsNoError) {
  for (const absl::StatusCode code : {absl::StatusCode::kOk, absl::StatusCode::kDeadlineExceeded,
                                      absl::StatusCode::kResourceExhausted}) {
    EXPECT_TRUE(CheckAnswered({Ended(absl::StatusCode::kUnavailable), Ended(code),
                               Ended(absl::StatusCode::kUnavailable)},
                              "there:1")
                    .ok())
        << absl::StatusCodeToString(code);
  }
}

TEST(MeasuredRecordsTest, SearchesThatWereAllSkippedAreNoError) {
  EXPECT_TRUE(CheckAnswered({Skipped(OperationRecord::kCrowded)}, "there:1").ok());
  EXPECT_TRUE(CheckAnswered({Skipped(OperationRecord::kLate)}, "there:1").ok());
}

TEST(MeasuredRecordsTest, WithoutAnySearchThereIsNothingToReport) {
  OperationRecord upsert = Ended(absl::StatusCode::kOk);
  upsert.kind = OperationKind::kUpsert;
  for (const std::vector<OperationRecord>& records :
       std::vector<std::vector<OperationRecord>>{{}, {upsert}}) {
    const absl::Status status = CheckAnswered(records, "there:1");
    EXPECT_TRUE(absl::IsDeadlineExceeded(status));
    EXPECT_THAT(std::string(status.message()), HasSubstr("--seconds or the rate are too small"));
  }
}

}  // namespace
}  // namespace nestor::bench
