#include "benchmarks/demo_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/client/test_files.h"

namespace nestor::bench {
namespace {

using nestor::testing::F32;
using nestor::testing::NpyF32;
using nestor::testing::WriteFile;
using ::testing::HasSubstr;

// Two vectors of two dims and one query.
std::string WriteFolder(const std::string& queries) {
  WriteFile("vectors.npy", NpyF32(2, 2, F32({1, 0, 0, 1})));
  WriteFile("queries.npy", NpyF32(1, 2, F32({0.5, 0.25})));
  return std::filesystem::path(WriteFile("queries.jsonl", queries)).parent_path();
}

TEST(DemoDataTest, AQueryHasTextAnswerAndVector) {
  const DemoData data = *ReadDemoData(WriteFolder("{\"text\":\"what\",\"answer\":\"a\"}\n"));
  EXPECT_EQ(data.vectors.rows(), 2U);
  ASSERT_EQ(data.queries.size(), 1U);
  EXPECT_EQ(data.queries[0].text, "what");
  EXPECT_EQ(data.queries[0].answer, "a");
  EXPECT_EQ(data.queries[0].vector.packed(), F32({0.5, 0.25}));
  EXPECT_EQ(data.queries[0].vector.encoding(), v1::Vector::F32);
}

TEST(DemoDataTest, AMalformedLineIsNamed) {
  for (const std::string line :
       {"{\"text\":\"what\"}", "[]", "{", "", "{\"text\":1,\"answer\":2}"}) {
    const absl::Status status = ReadDemoData(WriteFolder(line + "\n")).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << line;
    EXPECT_THAT(std::string(status.message()), HasSubstr("queries.jsonl:1: ")) << line;
  }
}

TEST(DemoDataTest, EveryVectorNeedsAText) {
  const std::string line = "{\"text\":\"what\",\"answer\":\"a\"}\n";
  EXPECT_THAT(std::string(ReadDemoData(WriteFolder(line + line)).status().message()),
              HasSubstr("1 vectors for 2 texts"));
}

TEST(DemoDataTest, QueriesHaveTheDimsOfTheVectors) {
  const std::string folder = WriteFolder("{\"text\":\"what\",\"answer\":\"a\"}\n");
  WriteFile("queries.npy", NpyF32(1, 3, F32({1, 2, 3})));
  EXPECT_THAT(std::string(ReadDemoData(folder).status().message()), HasSubstr("3 dims"));
}

}  // namespace
}  // namespace nestor::bench
