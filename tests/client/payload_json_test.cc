#include "client/payload_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace nestor {
namespace {

using ::testing::HasSubstr;

v1::Value Field(const std::string& json) {
  const absl::StatusOr<v1::Payload> payload = PayloadFromJson(absl::StrCat("{\"x\":", json, "}"));
  EXPECT_TRUE(payload.ok()) << payload.status();
  return payload.ok() ? payload->fields().at("x") : v1::Value();
}

std::string PayloadError(absl::string_view json) {
  const absl::Status status = PayloadFromJson(json).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << json;
  return std::string(status.message());
}

TEST(PayloadJsonTest, KeepsEveryKindOfValue) {
  EXPECT_TRUE(Field("true").bool_value());
  EXPECT_EQ(Field("false").kind_case(), v1::Value::kBoolValue);
  EXPECT_EQ(Field("null").kind_case(), v1::Value::KIND_NOT_SET);
  EXPECT_EQ(Field("\"h\\u00e9\"").string_value(), "hé");
  EXPECT_EQ(Field("1.5").double_value(), 1.5);
  EXPECT_EQ(Field("1.0").kind_case(), v1::Value::kDoubleValue);
  EXPECT_EQ(Field("1e2").double_value(), 100);
  EXPECT_EQ(Field("[]").list_value().items_size(), 0);
  EXPECT_EQ(Field("{}").object_value().fields_size(), 0);
}

TEST(PayloadJsonTest, KeepsIntegersExact) {
  EXPECT_EQ(Field("9007199254740993").int_value(), 9007199254740993);  // 2^53 + 1
  EXPECT_EQ(Field("9223372036854775807").int_value(), INT64_MAX);
  EXPECT_EQ(Field("-9223372036854775808").int_value(), INT64_MIN);
  EXPECT_EQ(Field("-0").int_value(), 0);
}

TEST(PayloadJsonTest, RefusesIntegersThatDoNotFit) {
  const std::string rest =
      " does not fit in 64 bits with a sign; write it as a string or with a decimal point";
  for (const char* text : {"9223372036854775808", "18446744073709551615", "18446744073709551616",
                           "-9223372036854775809", "100000000000000000000000"}) {
    EXPECT_EQ(PayloadError(absl::StrCat("{\"x\":", text, "}")),
              absl::StrCat("integer ", text, rest));
  }
}

TEST(PayloadJsonTest, NestsObjectsAndLists) {
  const v1::Value value = Field(R"([1,{"a":[null,"b"]},[2.5]])");
  ASSERT_EQ(value.list_value().items_size(), 3);
  EXPECT_EQ(value.list_value().items(0).int_value(), 1);
  const v1::Value& inner = value.list_value().items(1).object_value().fields().at("a");
  EXPECT_EQ(inner.list_value().items(1).string_value(), "b");
  EXPECT_EQ(value.list_value().items(2).list_value().items(0).double_value(), 2.5);
}

TEST(PayloadJsonTest, NestsAsDeepAsProtobufCanCarry) {
  // The payload itself is one level.
  const auto nested = [](int levels) {
    std::string text = "{\"x\":";
    for (int i = 1; i < levels; ++i) text += "{\"x\":";
    return text + "1" + std::string(levels, '}');
  };
  const absl::StatusOr<v1::Payload> deepest = PayloadFromJson(nested(kMaxPayloadDepth));
  ASSERT_TRUE(deepest.ok());
  v1::Payload copy;
  EXPECT_TRUE(copy.ParseFromString(deepest->SerializeAsString()));
  EXPECT_EQ(PayloadError(nested(kMaxPayloadDepth + 1)),
            "objects and lists are nested more than 30 deep");
  EXPECT_EQ(PayloadError("{\"x\":" + std::string(1'000'000, '[')),
            "objects and lists are nested more than 30 deep");
}

TEST(PayloadJsonTest, SaysWhereTheSyntaxIsWrong) {
  EXPECT_EQ(PayloadError("{\"x\":tru}"),
            "column 9: syntax error while parsing value - invalid literal");
  EXPECT_THAT(PayloadError("{\"x\":1"), HasSubstr("column 7: syntax error"));
  EXPECT_THAT(PayloadError("{\"x\":1} {"), HasSubstr("column 9: syntax error"));
  EXPECT_THAT(PayloadError("{\"x\":1e999}"), HasSubstr("number overflow"));
  EXPECT_THAT(PayloadError("{\"x\":NaN}"), HasSubstr("invalid literal"));
}

TEST(PayloadJsonTest, RefusesTextThatIsNotUtf8) {
  EXPECT_THAT(PayloadError("{\"x\":\"\xff\"}"), HasSubstr("ill-formed UTF-8"));
  EXPECT_THAT(PayloadError("{\"\xc3\":1}"), HasSubstr("ill-formed UTF-8"));
  EXPECT_THAT(PayloadError("{\"x\":\"\\ud800\"}"), HasSubstr("surrogate"));
}

TEST(PayloadJsonTest, RefusesWhatIsNoObjectAndFieldsGivenTwice) {
  for (const char* text : {"1", "\"a\"", "[1]", "null", "true", "1.5", "[]"}) {
    EXPECT_EQ(PayloadError(text), "the line is not a JSON object");
  }
  EXPECT_EQ(PayloadError(R"({"a":1,"b":{"a":2},"a":3})"), "field 'a' is given twice");
}

}  // namespace
}  // namespace nestor
