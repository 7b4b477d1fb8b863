#include "benchmarks/data_files/content_hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/client/test_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::WriteFile;

TEST(ContentHashTest, IsWhatTheCommandLineToolPrints) {
  // `xxh128sum` of an empty file, and of the three bytes "abc".
  EXPECT_EQ(ContentHash().Hex(), "99aa06d3014798d86001c324468d497f");
  ContentHash hash;
  hash.Add("abc");
  EXPECT_EQ(hash.Hex(), "06b05ab6733a618578af5f94892f3950");
}

TEST(ContentHashTest, PiecesDoNotMatter) {
  ContentHash hash;
  hash.Add("a");
  hash.Add("");
  hash.Add("bc");
  EXPECT_EQ(hash.Hex(), "06b05ab6733a618578af5f94892f3950");
}

TEST(ContentHashTest, AFileOfSeveralBlocksIsHashedWhole) {
  const std::string bytes(9'000'000, 'x');
  ContentHash hash;
  hash.Add(bytes);
  EXPECT_EQ(*HashFile(WriteFile("blocks", bytes)), hash.Hex());
  EXPECT_NE(*HashFile(WriteFile("blocks", bytes + "y")), hash.Hex());
}

TEST(ContentHashTest, AMissingFileIsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(HashFile("/nonexistent/file").status()));
}

}  // namespace
}  // namespace nestor::bench
