#include "client/time_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "google/protobuf/util/time_util.h"

namespace nestor {
namespace {

using google::protobuf::util::TimeUtil;
using ::testing::HasSubstr;

// As RFC 3339, or what is wrong. It is 2024-05-01T00:00:00Z.
std::string Expires(absl::string_view text) {
  google::protobuf::Timestamp time;
  const absl::Status status = ParseExpireTime(text, absl::FromUnixSeconds(1'714'521'600), &time);
  return status.ok() ? TimeUtil::ToString(time) : std::string(status.message());
}

TEST(TimeTextTest, ATimeIsTakenAsItIs) {
  EXPECT_EQ(Expires("2030-01-02T03:04:05.5Z"), "2030-01-02T03:04:05.500Z");
  EXPECT_EQ(Expires("2030-01-02T03:04:05+01:00"), "2030-01-02T02:04:05Z");
}

TEST(TimeTextTest, ADurationIsCountedFromNow) {
  EXPECT_EQ(Expires("90s"), "2024-05-01T00:01:30Z");
  EXPECT_EQ(Expires("1h30m"), "2024-05-01T01:30:00Z");
  EXPECT_EQ(Expires("30d"), "2024-05-31T00:00:00Z");
  EXPECT_EQ(Expires("0.5d"), "2024-05-01T12:00:00Z");
}

TEST(TimeTextTest, NeverIsTheZeroTime) { EXPECT_EQ(Expires("never"), "1970-01-01T00:00:00Z"); }

TEST(TimeTextTest, AnythingElseIsRefusedAndQuoted) {
  for (const char* text : {"", "soon", "5", "-1h", "0s", "d", "nand", "inf", "infd", "9999999d",
                           "2030-13-01T00:00:00Z", "1h 30m x", "1970-01-01T00:00:00Z"}) {
    EXPECT_THAT(Expires(text), HasSubstr(std::string("'") + text + "' is no time like")) << text;
  }
}

}  // namespace
}  // namespace nestor
