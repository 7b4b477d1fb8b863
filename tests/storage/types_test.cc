#include "storage/types.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/hash/hash.h"

namespace nestor {
namespace {

constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

TEST(PointIdTest, NumbersComeBack) {
  for (const uint64_t number : {uint64_t{0}, uint64_t{1}, uint64_t{255}, uint64_t{256}, kMax}) {
    const PointId id = PointId::FromNumber(number);
    EXPECT_TRUE(id.is_number());
    EXPECT_EQ(id.number(), number);
    EXPECT_EQ(id.ToString(), std::to_string(number));
    EXPECT_EQ(id.encoded().size(), 9u);
  }
}

TEST(PointIdTest, StringsComeBack) {
  for (const std::string& name : {std::string("a"), std::string("1"), std::string("\0\xff", 2),
                                  std::string(kMaxIdBytes, 'x')}) {
    const PointId id = PointId::FromString(name);
    EXPECT_FALSE(id.is_number());
    EXPECT_EQ(std::string(id.name()), name);
    EXPECT_EQ(id.ToString(), name);
  }
}

TEST(PointIdTest, EncodedFormComesBack) {
  for (const PointId& id : {PointId::FromNumber(7), PointId::FromString("seven")}) {
    PointId decoded;
    ASSERT_TRUE(PointId::FromEncoded(id.encoded(), &decoded));
    EXPECT_EQ(decoded, id);
  }
}

TEST(PointIdTest, RefusesWhatIsNoEncodedId) {
  const PointId before = PointId::FromNumber(7);
  for (const std::string& bytes : {std::string(), std::string("\x01"),
                                   std::string("\x01"
                                               "1234567"),
                                   std::string("\x01"
                                               "123456789"),
                                   std::string("\x02"),
                                   std::string("\x03"
                                               "1234567"),
                                   "\x02" + std::string(kMaxIdBytes + 1, 'x')}) {
    PointId id = before;
    EXPECT_FALSE(PointId::FromEncoded(bytes, &id)) << bytes.size();
    EXPECT_EQ(id, before);
  }
}

TEST(PointIdTest, EncodedFormSortsAsIdsDo) {
  const std::vector<PointId> ascending = {
      PointId::FromNumber(0),     PointId::FromNumber(255),    PointId::FromNumber(256),
      PointId::FromNumber(kMax),  PointId::FromString("\x01"), PointId::FromString("10"),
      PointId::FromString("100"), PointId::FromString("9"),    PointId::FromString("\xff")};
  for (size_t i = 0; i < ascending.size(); ++i) {
    for (size_t j = 0; j < ascending.size(); ++j) {
      EXPECT_EQ(ascending[i] < ascending[j], i < j);
      EXPECT_EQ(ascending[i].encoded() < ascending[j].encoded(), i < j);
      EXPECT_EQ(ascending[i] == ascending[j], i == j);
    }
  }
}

TEST(PointIdTest, EqualIdsHashEqually) {
  EXPECT_EQ(absl::Hash<PointId>()(PointId::FromNumber(1)),
            absl::Hash<PointId>()(PointId::FromNumber(1)));
  EXPECT_NE(absl::Hash<PointId>()(PointId::FromNumber(1)),
            absl::Hash<PointId>()(PointId::FromString("1")));
}

TEST(PointIdTest, DefaultIsNoId) {
  EXPECT_EQ(PointId().ToString(), "(no id)");
  EXPECT_FALSE(PointId().is_number());
  EXPECT_NE(PointId(), PointId::FromNumber(0));
}

TEST(PointIdDeathTest, StopsOnStringsThatTheEdgeShouldHaveRefused) {
  EXPECT_DEATH(PointId::FromString(""), "broken invariant");
  EXPECT_DEATH(PointId::FromString(std::string(kMaxIdBytes + 1, 'x')), "broken invariant");
}

}  // namespace
}  // namespace nestor
