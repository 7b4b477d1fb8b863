#include "client/filter_text.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <string>

#include "client/filter_json.h"
#include "nestor/v1/points.pb.h"

namespace nestor {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// The text means what the JSON means.
void ExpectMeans(const std::string& text, const std::string& json) {
  const absl::StatusOr<v1::Filter> from_text = ParseFilterText(text);
  const absl::StatusOr<v1::Filter> from_json = FilterFromJson(json);
  ASSERT_TRUE(from_text.ok()) << from_text.status();
  ASSERT_TRUE(from_json.ok()) << from_json.status();
  std::string difference;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(*from_json, *from_text)) << text << "\n" << difference;
}

std::string Compare(const std::string& field, const std::string& op, const std::string& values) {
  return R"({"compare":{"field":")" + field + R"(","op":")" + op + R"(","values":[)" + values +
         "]}}";
}

std::string ErrorOf(const std::string& text) {
  const absl::StatusOr<v1::Filter> filter = ParseFilterText(text);
  EXPECT_EQ(filter.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(filter.status().message());
}

TEST(FilterTextTest, EveryOperatorHasAForm) {
  ExpectMeans("a = 1", Compare("a", "EQ", "1"));
  ExpectMeans("a!=1", Compare("a", "NE", "1"));
  ExpectMeans("a<1", Compare("a", "LT", "1"));
  ExpectMeans("a <=1", Compare("a", "LE", "1"));
  ExpectMeans("a> 1", Compare("a", "GT", "1"));
  ExpectMeans("a >= 1", Compare("a", "GE", "1"));
  ExpectMeans("a in (1, 2)", Compare("a", "IN", "1,2"));
  ExpectMeans("a not in (1)", Compare("a", "NOT_IN", "1"));
  ExpectMeans("a contains any (1)", Compare("a", "CONTAINS_ANY", "1"));
  ExpectMeans("a contains all (1,2)", Compare("a", "CONTAINS_ALL", "1,2"));
  ExpectMeans("a starts with 'x'", Compare("a", "PREFIX", "\"x\""));
  ExpectMeans("a exists", Compare("a", "EXISTS", ""));
  ExpectMeans("a is null", Compare("a", "IS_NULL", ""));
  ExpectMeans("a is not null", R"({"none_of":)" + Compare("a", "IS_NULL", "") + "}");
  ExpectMeans("id in (7, zlib1g, \"8\", str:9)", R"({"has_id":[7,"zlib1g","8","9"]})");
  ExpectMeans("id not in (7)", R"({"none_of":{"has_id":[7]}})");
}

TEST(FilterTextTest, EveryValueHasAForm) {
  ExpectMeans("a = -5", Compare("a", "EQ", "-5"));
  ExpectMeans("a = 9223372036854775807", Compare("a", "EQ", "9223372036854775807"));
  ExpectMeans("a = -0.5", Compare("a", "EQ", "-0.5"));
  ExpectMeans("a = 1e3", Compare("a", "EQ", "1e3"));
  ExpectMeans("a = TRUE", Compare("a", "EQ", "true"));
  ExpectMeans("a = false", Compare("a", "EQ", "false"));
  ExpectMeans(R"(a = "it's \"so\" \\")", Compare("a", "EQ", R"("it's \"so\" \\")"));
  ExpectMeans("a = time('2024-05-01T00:00:00.5Z')",
              Compare("a", "EQ", R"({"time":"2024-05-01T00:00:00.5Z"})"));
}

TEST(FilterTextTest, OrBindsLessThanAndLessThanNot) {
  const std::string a = Compare("a", "EQ", "1"), b = Compare("b", "EQ", "1"),
                    c = Compare("c", "EQ", "1");
  ExpectMeans("a = 1 or b = 1 AND not c = 1",
              R"({"any_of":[)" + a + R"(,{"all_of":[)" + b + R"(,{"none_of":)" + c + "}]}]}");
  ExpectMeans("(a = 1 or b = 1) and c = 1",
              R"({"all_of":[{"any_of":[)" + a + "," + b + "]}," + c + "]}");
  ExpectMeans("not (a = 1 and b = 1 and c = 1)",
              R"({"none_of":{"all_of":[)" + a + "," + b + "," + c + "]}}");
}

TEST(FilterTextTest, FieldsMayHaveAnyName) {
  ExpectMeans("author.name-2 = 1", Compare("author.name-2", "EQ", "1"));
  ExpectMeans("`id` = 1", Compare("id", "EQ", "1"));
  ExpectMeans("`and or` = 1", Compare("and or", "EQ", "1"));
  ExpectMeans(
      "gr\xc3\xb6\xc3\x9f"
      "e = 1",
      Compare("gr\xc3\xb6\xc3\x9f"
              "e",
              "EQ", "1"));
}

TEST(FilterTextTest, ErrorsPointAtTheColumn) {
  EXPECT_EQ(ErrorOf("section = and x"),
            "column 11: 'and' where a value: \"text\", a number, true, false or time(\"...\") "
            "should stand\n"
            "  section = and x\n"
            "            ^");
  EXPECT_THAT(ErrorOf(""), StartsWith("column 1: ends where a field should follow"));
  EXPECT_THAT(ErrorOf("a"), StartsWith("column 2: ends where =, !=, <, <=, >, >=, in"));
  EXPECT_THAT(ErrorOf("a = 1 b"), StartsWith("column 7: 'b' where and, or, or the end"));
  EXPECT_THAT(ErrorOf("(a = 1"), StartsWith("column 7: ends where and, or, or ) should follow"));
  EXPECT_THAT(ErrorOf("a = 'x"), StartsWith("column 5: no ' ends this"));
  EXPECT_THAT(ErrorOf("a ; 1"), StartsWith("column 3: ';' has no meaning"));
  EXPECT_THAT(ErrorOf("a in ()"), StartsWith("column 7: ')' where a value"));
  EXPECT_THAT(ErrorOf("a = 12x"), StartsWith("column 5: '12x' is no number"));
  EXPECT_THAT(ErrorOf("a = nan"), StartsWith("column 5: 'nan' where a value"));
  EXPECT_THAT(ErrorOf("a = 9223372036854775808"), HasSubstr("does not fit in 64 bits"));
  EXPECT_THAT(ErrorOf("a = time('today')"), StartsWith("column 10: 'today' is no time"));
  EXPECT_THAT(ErrorOf("id = 5"), StartsWith("column 4: '=' where in (a payload field called id"));
  EXPECT_THAT(ErrorOf("a = '\xff'"), StartsWith("column 5: the text is not UTF-8"));
  EXPECT_THAT(ErrorOf("not a\xff = 1"), StartsWith("column 5: the field is not UTF-8"));
  EXPECT_THAT(ErrorOf("`\xc3` = 1"), StartsWith("column 1: the field is not UTF-8"));
}

TEST(FilterTextTest, DeepNestingIsRefusedNotFollowed) {
  const std::string deep(100000, '(');
  EXPECT_THAT(ErrorOf(deep), HasSubstr("is nested too deeply"));
}

// What is nested deeper than protobuf reads would come back as a parse error without a reason.
TEST(FilterTextTest, TheDeepestFilterCanBeReadByAServer) {
  std::string text = "a < time('2024-05-01T00:00:00Z')";
  for (int depth = 1; depth < 20; ++depth) text = "x exists or y exists and (" + text + ")";
  v1::SearchBatchRequest request;
  *request.mutable_defaults()->mutable_filter() = ParseFilterText(text).value();
  v1::SearchBatchRequest read;
  EXPECT_TRUE(read.ParseFromString(request.SerializeAsString()));
  EXPECT_THAT(ErrorOf("(" + text + ")"), HasSubstr("is nested too deeply"));
}

TEST(FilterJsonTest, TheDeepestFilterCanBeReadByAServer) {
  std::string json =
      R"({"compare": {"field": "a", "op": "EQ", "values": [{"time": "2024-05-01T00:00:00Z"}]}})";
  for (int depth = 1; depth < 40; ++depth) json = R"({"all_of": [)" + json + "]}";
  v1::SearchBatchRequest request;
  *request.mutable_defaults()->mutable_filter() = FilterFromJson(json).value();
  v1::SearchBatchRequest read;
  EXPECT_TRUE(read.ParseFromString(request.SerializeAsString()));
  EXPECT_FALSE(FilterFromJson(R"({"all_of": [)" + json + "]}").ok());
}

TEST(FilterJsonTest, ErrorsNameThePlaceInTheTree) {
  const auto error = [](const char* text) {
    return std::string(FilterFromJson(text).status().message());
  };
  EXPECT_EQ(error("[]"),
            "the filter: is no object with one of all_of, any_of, none_of, compare, has_id");
  EXPECT_EQ(error(R"({"some_of":[]})"),
            "some_of: is none of all_of, any_of, none_of, compare, has_id");
  EXPECT_EQ(error(R"({"all_of":[{"compare":{"field":"a","op":"LIKE","values":[1]}}]})"),
            "all_of[0].compare.op: is none of EQ, NE, LT, LE, GT, GE, IN, NOT_IN, CONTAINS_ANY, "
            "CONTAINS_ALL, EXISTS, IS_NULL, PREFIX");
  EXPECT_EQ(error(R"({"compare":{"field":"a","op":"EQ","values":[[1]]}})"),
            "compare.values[0]: is no string, number, true, false or {\"time\": \"...\"}");
  EXPECT_EQ(error(R"({"has_id":[-1]})"), "has_id[0]: is neither a string nor a number from 0");
  EXPECT_THAT(error(R"({"all_of":)"), HasSubstr("unexpected end of input"));
}

}  // namespace
}  // namespace nestor
