#include "client/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nestor {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr absl::Time kStart = absl::UnixEpoch();

absl::Time At(double seconds) { return kStart + absl::Seconds(seconds); }

TEST(ProgressTest, LinesComeEveryTwoSecondsAtMost) {
  Progress progress(ProgressStyle::kLines, 1000, kStart);
  int lines = 0;
  for (int tenth = 1; tenth <= 100; ++tenth) {
    if (progress.Update(tenth, At(tenth / 10.0)).has_value()) ++lines;
  }
  EXPECT_EQ(lines, 5);
}

TEST(ProgressTest, ALineSaysShareRateAndTimeLeft) {
  Progress progress(ProgressStyle::kLines, 20000, kStart);
  EXPECT_EQ(progress.Update(5000, At(2)),
            "5000 of 20000 points (25 %), 2500 points/s, 0:00:06 left\n");
  EXPECT_EQ(progress.Finish(), "");
}

TEST(ProgressTest, ABarIsDrawnOverItself) {
  Progress progress(ProgressStyle::kBar, 20000, kStart);
  EXPECT_EQ(progress.Finish(), "");
  EXPECT_EQ(progress.Update(1000, At(0.05)), std::nullopt);
  const std::optional<std::string> bar = progress.Update(5000, At(2));
  ASSERT_TRUE(bar.has_value());
  EXPECT_THAT(*bar, StartsWith("\r"));
  EXPECT_THAT(*bar, HasSubstr("[######------------------]  25 %  5,000 of 20,000 points  "
                              "2,500 points/s  0:00:06 left"));
  EXPECT_NE(progress.Finish(), "");
}

TEST(ProgressTest, NothingDoneYetHasNoTimeLeft) {
  Progress progress(ProgressStyle::kLines, 10, kStart);
  EXPECT_THAT(*progress.Update(0, At(3)), HasSubstr("time left unknown"));
}

TEST(ProgressTest, TheRateFollowsAChange) {
  Progress progress(ProgressStyle::kLines, 1'000'000, kStart);
  uint64_t done = 0;
  for (int second = 1; second <= 60; ++second) progress.Update(done += 1000, At(second));
  EXPECT_NEAR(progress.rate(), 1000, 1);
  for (int second = 61; second <= 90; ++second) progress.Update(done += 100, At(second));
  EXPECT_NEAR(progress.rate(), 100, 5);
}

TEST(ProgressTest, NoPointsAreAllOfThem) {
  Progress progress(ProgressStyle::kLines, 0, kStart);
  EXPECT_THAT(*progress.Update(0, At(3)), HasSubstr("0 of 0 points (100 %)"));
}

TEST(ProgressTest, GroupsThousands) {
  EXPECT_EQ(WithThousands(0), "0");
  EXPECT_EQ(WithThousands(999), "999");
  EXPECT_EQ(WithThousands(1000), "1,000");
  EXPECT_EQ(WithThousands(1234567), "1,234,567");
}

}  // namespace
}  // namespace nestor
