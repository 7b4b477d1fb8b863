#include "client/npy_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nestor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string HeaderError(absl::string_view text) {
  return std::string(ParseNpyHeader(text).status().message());
}

TEST(NpyHeaderTest, ReadsWhatNumpyWrites) {
  const NpyHeader header =
      ParseNpyHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (20000, 512), }    \n")
          .value();
  EXPECT_EQ(header.descr, "<f4");
  EXPECT_FALSE(header.fortran_order);
  EXPECT_THAT(header.shape, ElementsAre(20000, 512));
}

TEST(NpyHeaderTest, TakesTheKeysInAnyOrderAndEitherQuote) {
  const NpyHeader header =
      ParseNpyHeader(R"({"shape":(3,),"fortran_order":True,"descr":">f8"})").value();
  EXPECT_EQ(header.descr, ">f8");
  EXPECT_TRUE(header.fortran_order);
  EXPECT_THAT(header.shape, ElementsAre(3));
}

TEST(NpyHeaderTest, SaysWhatItFoundInsteadOfAHeader) {
  EXPECT_EQ(HeaderError("garbage"),
            "bad .npy header at byte 0 of its text: '{' expected, found 'garbage'");
  EXPECT_THAT(HeaderError("{'descr': '<f4"), HasSubstr("a quoted string expected"));
  EXPECT_THAT(HeaderError("{'descr': [('a', '<f4')]}"), HasSubstr("''' expected, found '[("));
  EXPECT_THAT(HeaderError("{'fortran_order': 1}"), HasSubstr("True or False expected, found '1}'"));
  EXPECT_THAT(HeaderError("{'shape': (-1, 2)}"), HasSubstr("a number expected, found '-1, 2)}'"));
  EXPECT_THAT(HeaderError("{'shape': (99999999999999999999, 2)}"), HasSubstr("a number expected"));
  EXPECT_THAT(HeaderError("{'colour': 1}"),
              HasSubstr("the key descr, fortran_order or shape expected"));
  EXPECT_THAT(HeaderError("{} trailing"), HasSubstr("the end expected, found 'trailing'"));
  EXPECT_THAT(HeaderError(""), HasSubstr("'{' expected"));
}

TEST(NpyHeaderTest, WantsEachKeyOnce) {
  EXPECT_THAT(HeaderError("{'descr': '<f4'}"), HasSubstr("must each be given once"));
  EXPECT_THAT(
      HeaderError("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)}"),
      HasSubstr("must each be given once"));
}

}  // namespace
}  // namespace nestor
