#include "benchmarks/json_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <sstream>

#include "tests/client/test_files.h"
#include "tests/testing/temp_dir.h"

namespace nestor::bench {
namespace {

using ::nestor::testing::TempDir;
using ::testing::HasSubstr;

Json SomeDocument() {
  std::ostringstream out;
  const Console console{.out = out, .err = out, .command_line = {"nestor-bench", "engine"}};
  return NewDocument("engine", console);
}

TEST(JsonFileTest, ADocumentSaysWhatItIsAndWhereItIsFrom) {
  const Json document = SomeDocument();
  EXPECT_EQ(document["format"], kJsonFormat);
  EXPECT_EQ(document["command"], "engine");
  EXPECT_EQ(document["environment"]["command_line"][1], "engine");
}

TEST(JsonFileTest, GivesBackWhatWasWritten) {
  const TempDir directory;
  Json document = SomeDocument();
  document["text"] = "Zürich";
  document["number"] = 0.1;
  ASSERT_TRUE(WriteJsonFile(directory.Join("a.json"), document).ok());
  const absl::StatusOr<Json> read = ReadJsonFile(directory.Join("a.json"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, document);
}

TEST(JsonFileTest, WhatIsNotFiniteBecomesNull) {
  const TempDir directory;
  Json document = SomeDocument();
  document["number"] = std::numeric_limits<double>::quiet_NaN();
  ASSERT_TRUE(WriteJsonFile(directory.Join("a.json"), document).ok());
  EXPECT_TRUE((*ReadJsonFile(directory.Join("a.json")))["number"].is_null());
}

TEST(JsonFileTest, SaysWhichFileItCannotWriteOrRead) {
  const TempDir directory;
  const std::string path = directory.Join("missing/a.json");
  const absl::Status written = WriteJsonFile(path, SomeDocument());
  EXPECT_TRUE(absl::IsUnavailable(written));
  EXPECT_THAT(written.message(), HasSubstr(path));
  EXPECT_TRUE(absl::IsNotFound(ReadJsonFile(path).status()));
}

TEST(JsonFileTest, RefusesWhatThisProgramHasNotWritten) {
  for (const char* text : {"", "{", "[]", "{}", "{\"format\":1}"}) {
    const std::string path = testing::WriteFile("other.json", text);
    EXPECT_TRUE(absl::IsInvalidArgument(ReadJsonFile(path).status())) << text;
  }
  const std::string path =
      testing::WriteFile("newer.json", "{\"format\":2,\"command\":\"engine\"}");
  EXPECT_THAT(ReadJsonFile(path).status().message(), HasSubstr("has format 2"));
}

}  // namespace
}  // namespace nestor::bench
