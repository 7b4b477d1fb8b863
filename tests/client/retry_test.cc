#include "client/retry.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/client/status_details.h"

namespace nestor {
namespace {

TEST(RetryTest, OnlyAFullOrAbsentServerIsTriedAgain) {
  EXPECT_TRUE(IsRetryable(RetryLaterError("full", absl::Milliseconds(10))));
  EXPECT_TRUE(IsRetryable(absl::UnavailableError("away")));
  EXPECT_FALSE(IsRetryable(absl::OkStatus()));
  EXPECT_FALSE(IsRetryable(absl::InvalidArgumentError("bad")));
  EXPECT_FALSE(IsRetryable(absl::DeadlineExceededError("late")));
}

TEST(RetryTest, AMessageThatIsTooLargeIsNotSentAgain) {
  EXPECT_FALSE(IsRetryable(
      absl::ResourceExhaustedError("Received message larger than max (5000000 vs. 4194304)")));
}

TEST(BackoffTest, DoublesToTheLongestAndStopsWithinTheBudget) {
  Backoff backoff(
      {.initial = absl::Seconds(1), .longest = absl::Seconds(4), .budget = absl::Seconds(12)});
  std::vector<double> waits;
  while (const auto wait = backoff.Next(absl::UnavailableError("away"))) {
    waits.push_back(absl::ToDoubleSeconds(*wait));
  }
  EXPECT_EQ(waits, (std::vector<double>{1, 2, 4, 4}));
}

TEST(BackoffTest, WaitsAsLongAsTheServerAskedFor) {
  Backoff backoff(
      {.initial = absl::Seconds(1), .longest = absl::Seconds(4), .budget = absl::Seconds(12)});
  EXPECT_EQ(backoff.Next(RetryLaterError("full", absl::Seconds(3))), absl::Seconds(3));
  EXPECT_EQ(backoff.Next(RetryLaterError("full", absl::Milliseconds(1))), absl::Seconds(2));
  EXPECT_EQ(backoff.Next(RetryLaterError("full", absl::Seconds(8))), std::nullopt);
}

}  // namespace
}  // namespace nestor
