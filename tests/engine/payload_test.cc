#include "engine/payload.h"

#include <string>

#include "engine/limits.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace nestor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

storage::PayloadRecord Payload(const std::string& text) {
  storage::PayloadRecord payload;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &payload)) << text;
  return payload;
}

Scalar Text(const char* text) { return std::string(text); }

TEST(ValuesAtTest, GivesEveryKindOfScalar) {
  const auto payload = Payload(R"(
    fields { name: "b" value { bool_value: true } }
    fields { name: "i" value { int_value: -3 } }
    fields { name: "d" value { double_value: 2.5 } }
    fields { name: "s" value { string_value: "x" } }
    fields { name: "t" value { time_value { seconds: 7 nanos: 5 } } }
    fields { name: "n" value {} })");
  EXPECT_THAT(ValuesAt(payload, "b").scalars, ElementsAre(Scalar(true)));
  EXPECT_THAT(ValuesAt(payload, "i").scalars, ElementsAre(Scalar(int64_t{-3})));
  EXPECT_THAT(ValuesAt(payload, "d").scalars, ElementsAre(Scalar(2.5)));
  EXPECT_THAT(ValuesAt(payload, "s").scalars, ElementsAre(Text("x")));
  EXPECT_THAT(ValuesAt(payload, "t").scalars,
              ElementsAre(Scalar(absl::FromUnixSeconds(7) + absl::Nanoseconds(5))));
  EXPECT_THAT(ValuesAt(payload, "n").scalars, ElementsAre(Scalar(Null())));
  EXPECT_TRUE(ValuesAt(payload, "n").present);
}

TEST(ValuesAtTest, TakesListsApart) {
  const auto payload = Payload(R"(
    fields { name: "l" value { list_value {
      items { string_value: "a" }
      items { list_value { items { int_value: 1 } items {} } }
      items { object_value { fields { name: "x" value { int_value: 9 } } } }
    } } }
    fields { name: "empty" value { list_value {} } })");
  EXPECT_THAT(ValuesAt(payload, "l").scalars,
              ElementsAre(Text("a"), Scalar(int64_t{1}), Scalar(Null())));
  EXPECT_TRUE(ValuesAt(payload, "empty").present);
  EXPECT_THAT(ValuesAt(payload, "empty").scalars, IsEmpty());
}

TEST(ValuesAtTest, DotsLeadIntoObjectsAndThroughLists) {
  const auto payload = Payload(R"(
    fields { name: "a" value { object_value {
      fields { name: "b" value { object_value { fields { name: "c" value { int_value: 1 } } } } } } } }
    fields { name: "people" value { list_value {
      items { object_value { fields { name: "name" value { string_value: "Ann" } } } }
      items { string_value: "nobody" }
      items { object_value { fields { name: "name" value { string_value: "Bob" } } } } } } }
    fields { name: "a.b" value { int_value: 7 } })");
  EXPECT_THAT(ValuesAt(payload, "a.b.c").scalars, ElementsAre(Scalar(int64_t{1})));
  EXPECT_THAT(ValuesAt(payload, "people.name").scalars, ElementsAre(Text("Ann"), Text("Bob")));
  EXPECT_TRUE(ValuesAt(payload, "a.b").present);
  EXPECT_THAT(ValuesAt(payload, "a.b").scalars, IsEmpty());  // the object, not the odd name
}

TEST(ValuesAtTest, WhatIsNotThereIsNotPresent) {
  const auto payload = Payload(R"(fields { name: "a" value { int_value: 1 } })");
  for (const char* path : {"b", "a.b", "a.b.c", "aa"}) {
    EXPECT_FALSE(ValuesAt(payload, path).present) << path;
  }
}

TEST(IsFieldPathTest, RefusesEmptyPartsAndLongPaths) {
  EXPECT_TRUE(IsFieldPath("a"));
  EXPECT_TRUE(IsFieldPath("a.b c.\xc3\xa9"));
  EXPECT_TRUE(IsFieldPath(std::string(kMaxFieldPathBytes, 'x')));
  for (const std::string& path :
       {std::string(), std::string("."), std::string("a."), std::string(".a"), std::string("a..b"),
        std::string(kMaxFieldPathBytes + 1, 'x')}) {
    EXPECT_FALSE(IsFieldPath(path)) << path;
  }
}

storage::PayloadRecord Record(const std::vector<std::pair<std::string, int64_t>>& fields) {
  storage::PayloadRecord record;
  for (const auto& [name, value] : fields) {
    record.add_fields()->set_name(name);
    record.mutable_fields()->rbegin()->mutable_value()->set_int_value(value);
  }
  return record;
}

TEST(PatchPayloadTest, FieldsKeepTheirPlacesAndNewOnesFollowByName) {
  const std::string stored = Record({{"z", 1}, {"a", 2}, {"m", 3}}).SerializeAsString();
  const PayloadPatch patch{Record({{"y", 10}, {"a", 20}, {"b", 30}}), {"z", "none"}};
  const absl::StatusOr<std::string> patched = PatchPayload(stored, patch);
  ASSERT_TRUE(patched.ok()) << patched.status();
  EXPECT_EQ(*patched, Record({{"a", 20}, {"m", 3}, {"b", 30}, {"y", 10}}).SerializeAsString());
}

TEST(PatchPayloadTest, NothingIsLeftOfAPayloadWithoutFields) {
  const PayloadPatch patch{{}, {"a"}};
  EXPECT_EQ(PatchPayload(Record({{"a", 1}}).SerializeAsString(), patch).value(), "");
  EXPECT_EQ(PatchPayload("", patch).value(), "");
}

TEST(PatchPayloadTest, WhatIsNoPayloadOrBecomesTooLargeIsRefused) {
  EXPECT_EQ(PatchPayload("\xff", {}).status().code(), absl::StatusCode::kDataLoss);
  PayloadPatch patch;
  patch.set.add_fields()->set_name("text");
  patch.set.mutable_fields(0)->mutable_value()->set_string_value(std::string(65'530, 'x'));
  EXPECT_EQ(PatchPayload(Record({{"a", 1}}).SerializeAsString(), patch).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace nestor
