#include "client/point_id_text.h"

#include <gtest/gtest.h>

#include "client/utf8.h"

namespace nestor {
namespace {

v1::PointId Parsed(const std::string& text) {
  const absl::StatusOr<v1::PointId> id = ParsePointId(text);
  EXPECT_TRUE(id.ok()) << text << ": " << id.status();
  return id.value_or(v1::PointId());
}

std::string IdError(const std::string& text) {
  return std::string(ParsePointId(text).status().message());
}

TEST(PointIdTextTest, DigitsAreANumberAndTheRestAString) {
  EXPECT_EQ(Parsed("42").num(), 42);
  EXPECT_EQ(Parsed("18446744073709551615").num(), UINT64_MAX);
  EXPECT_EQ(Parsed("zlib1g").str(), "zlib1g");
  EXPECT_EQ(Parsed("-1").str(), "-1");
  EXPECT_EQ(Parsed("4 2").str(), "4 2");
}

TEST(PointIdTextTest, PrefixesForceTheKind) {
  EXPECT_EQ(Parsed("str:42").str(), "42");
  EXPECT_EQ(Parsed("num:42").num(), 42);
  EXPECT_EQ(Parsed("str:str:x").str(), "str:x");
}

TEST(PointIdTextTest, RefusesWhatNoPointCanHave) {
  EXPECT_EQ(IdError(""), "an id must not be empty");
  EXPECT_EQ(IdError("str:"), "an id must not be empty");
  EXPECT_EQ(IdError("num:"), "id 'num:' is not a number");
  EXPECT_EQ(IdError("num:x"), "id 'num:x' is not a number");
  EXPECT_EQ(IdError("18446744073709551616"),
            "id 18446744073709551616 exceeds 18446744073709551615; write "
            "str:18446744073709551616 for the string");
  EXPECT_EQ(IdError(std::string(257, 'x')), "id of 257 bytes exceeds 256");
  EXPECT_EQ(IdError("\xff"), "id is not valid UTF-8");
}

TEST(PointIdTextTest, FormattedIdsReadBackAsThemselves) {
  for (const char* text : {"7", "str:7", "abc", "str:str:a", "str:num:7", "ü"}) {
    EXPECT_EQ(FormatPointId(Parsed(text)), text);
  }
}

}  // namespace
}  // namespace nestor
