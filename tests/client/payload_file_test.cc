#include "client/payload_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/client/test_files.h"

namespace nestor {
namespace {

using ::testing::HasSubstr;
using testing::WriteFile;

TEST(PayloadFileTest, ReadsIdsAndKeepsThemInThePayload) {
  PayloadFile file =
      PayloadFile::Open(WriteFile("p.jsonl", "{\"id\":\"a\",\"n\":1}\r\n{\"id\":7}"), "id").value();
  std::optional<PayloadRow> row = file.Next().value();
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->id.str(), "a");
  EXPECT_EQ(row->payload.fields().at("id").string_value(), "a");
  EXPECT_EQ(row->payload.fields().at("n").int_value(), 1);
  row = file.Next().value();
  EXPECT_EQ(row->id.num(), 7);
  EXPECT_FALSE(file.Next().value().has_value());
}

TEST(PayloadFileTest, WithoutAnIdFieldThereIsNoId) {
  PayloadFile file = PayloadFile::Open(WriteFile("p.jsonl", "{\"id\":\"a\"}\n"), "").value();
  EXPECT_EQ(file.Next().value()->id.id_case(), v1::PointId::ID_NOT_SET);
}

// The error of the second line.
std::string SecondLineError(const std::string& line) {
  const std::string path = WriteFile("p.jsonl", "{\"id\":1}\n" + line + "\n");
  PayloadFile file = PayloadFile::Open(path, "id").value();
  EXPECT_TRUE(file.Next().ok());
  const absl::Status status = file.Next().status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  const std::string message(status.message());
  EXPECT_EQ(message.substr(0, path.size() + 4), path + ":2: ");
  return message.substr(path.size() + 4);
}

TEST(PayloadFileTest, ErrorsNameFileAndLine) {
  EXPECT_THAT(SecondLineError("{\"id\":1"), HasSubstr("column 8: syntax error"));
  EXPECT_THAT(SecondLineError("{\"id\":\"\xff\"}"), HasSubstr("ill-formed UTF-8"));
  EXPECT_EQ(SecondLineError(" "), "the line is empty; a JSON object is expected");
  EXPECT_EQ(SecondLineError("{\"x\":1}"), "id field 'id' is missing");
  EXPECT_EQ(SecondLineError("{\"id\":\"\"}"), "an id must not be empty");
  EXPECT_EQ(SecondLineError("{\"id\":\"" + std::string(257, 'x') + "\"}"),
            "id of 257 bytes exceeds 256");
}

TEST(PayloadFileTest, IdsAreStringsOrIntegersThatAreNotNegative) {
  for (const char* value : {"-1", "1.5", "null", "true", "[1]", "{}"}) {
    EXPECT_EQ(SecondLineError(std::string("{\"id\":") + value + "}"),
              "id field 'id' is neither a string nor an integer that is not negative");
  }
}

}  // namespace
}  // namespace nestor
