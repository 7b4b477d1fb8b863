#include "client/utf8.h"

#include <gtest/gtest.h>

namespace nestor {
namespace {

TEST(Utf8Test, AcceptsWellFormedText) {
  for (const char* text :
       {"", "abc", "é", "€", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "\xee\x80\x80"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
}

TEST(Utf8Test, RefusesCutOverlongSurrogateAndTooLargeSequences) {
  for (const char* text :
       {"\x80", "\xc3", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "a\xff"}) {
    EXPECT_FALSE(IsUtf8(text)) << text;
  }
}

TEST(Utf8Test, ShortensByCodePoints) {
  EXPECT_EQ(Shorten("grün", 4), "grün");
  EXPECT_EQ(Shorten("grünes", 4), "grü…");
  EXPECT_EQ(Shorten("ab", 1), "…");
}

}  // namespace
}  // namespace nestor
