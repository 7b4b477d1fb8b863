#include "storage/keys.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace nestor {
namespace {

using Bytes = std::string;

TEST(KeysTest, BytesAreAsDrawn) {
  const CollectionNumber collection{0x01020304};
  EXPECT_EQ(RowKey(collection, Row{0x1112131415161718}),
            Bytes("\x01\x02\x03\x04\x11\x12\x13\x14\x15\x16\x17\x18"));
  EXPECT_EQ(IdKey(collection, PointId::FromString("ab").encoded()), Bytes("\x01\x02\x03\x04\x02"
                                                                          "ab"));
  EXPECT_EQ(ManifestKey(collection), Bytes("\x01\x02\x03\x04"));
  EXPECT_EQ(AppliedKey(collection), Bytes("applied/\x01\x02\x03\x04"));
  EXPECT_EQ(NumberKey(collection), Bytes("number/\x01\x02\x03\x04"));
  EXPECT_EQ(CollectionKey("books"), "collection/books");
  EXPECT_EQ(FormatKey(), "format");
}

TEST(KeysTest, RowKeysSortByCollectionAndThenByRow) {
  const uint64_t max = std::numeric_limits<uint64_t>::max();
  std::string before;
  for (const uint32_t collection : {1u, 255u, 256u, 65536u, 0xfffffffeu}) {
    for (const uint64_t row : {uint64_t{0}, uint64_t{1}, uint64_t{255}, uint64_t{256}, max}) {
      const std::string key = RowKey(CollectionNumber{collection}, Row{row});
      EXPECT_LT(before, key);
      before = key;
      CollectionNumber parsed_collection{};
      Row parsed_row{};
      ASSERT_TRUE(ParseRowKey(key, &parsed_collection, &parsed_row));
      EXPECT_EQ(parsed_collection, CollectionNumber{collection});
      EXPECT_EQ(parsed_row, Row{row});
    }
  }
}

TEST(KeysTest, CollectionRangeHoldsExactlyTheCollectionsKeys) {
  for (const uint32_t number : {1u, 255u, 256u, 0xfffffffeu}) {
    const KeyRange range = CollectionRange(CollectionNumber{number});
    const auto holds = [&](const std::string& key) {
      return range.first <= key && key < range.limit;
    };
    const uint64_t max = std::numeric_limits<uint64_t>::max();
    const std::string last_id = PointId::FromString(std::string(kMaxIdBytes, '\xff')).encoded();
    EXPECT_TRUE(holds(RowKey(CollectionNumber{number}, Row{0})));
    EXPECT_TRUE(holds(RowKey(CollectionNumber{number}, Row{max})));
    EXPECT_TRUE(holds(IdKey(CollectionNumber{number}, last_id)));
    EXPECT_TRUE(holds(ManifestKey(CollectionNumber{number})));
    EXPECT_FALSE(holds(RowKey(CollectionNumber{number - 1}, Row{max})));
    EXPECT_FALSE(holds(ManifestKey(CollectionNumber{number + 1})));
  }
}

TEST(KeysTest, IdRangeBeginsRightAfterTheGivenId) {
  const CollectionNumber collection{3};
  const KeyRange range = IdRange(collection, PointId::FromString("b"));
  EXPECT_LT(IdKey(collection, PointId::FromString("b").encoded()), range.first);
  EXPECT_LE(range.first,
            IdKey(collection, PointId::FromString(absl::string_view("b\0", 2)).encoded()));
  EXPECT_EQ(IdRange(collection, PointId()).first, ManifestKey(collection));
}

TEST(KeysTest, MetaRangesHoldTheirKeysOnly) {
  const KeyRange collections = CollectionKeyRange();
  EXPECT_LE(collections.first, CollectionKey("\x01"));
  EXPECT_LT(CollectionKey("\xff\xff"), collections.limit);
  EXPECT_LT(AppliedKey(kMaxCollectionNumber), collections.first);
  EXPECT_GE(FormatKey(), collections.limit);
  EXPECT_GE(NumberKey(CollectionNumber{1}), collections.limit);
  const KeyRange numbers = NumberKeyRange();
  EXPECT_LE(numbers.first, NumberKey(CollectionNumber{1}));
  EXPECT_LT(NumberKey(kMaxCollectionNumber), numbers.limit);
}

TEST(KeysTest, RefusesKeysOfAnotherShape) {
  CollectionNumber collection{};
  Row row{};
  PointId id;
  EXPECT_FALSE(ParseRowKey("", &collection, &row));
  EXPECT_FALSE(ParseRowKey("12345678901", &collection, &row));
  EXPECT_FALSE(ParseRowKey("1234567890123", &collection, &row));
  EXPECT_FALSE(ParseIdKey("123", &collection, &id));
  EXPECT_FALSE(ParseIdKey("1234", &collection, &id));
  EXPECT_FALSE(ParseIdKey("1234\x09name", &collection, &id));
  EXPECT_FALSE(ParseNumberKey("number/", &collection));
  EXPECT_FALSE(ParseNumberKey("numbers/1234", &collection));
}

TEST(KeysTest, DescribesKeysForPeople) {
  const CollectionNumber collection{3};
  EXPECT_EQ(DescribeKey(Family::kPoints, RowKey(collection, Row{17})),
            "points of collection 3, row 17");
  EXPECT_EQ(DescribeKey(Family::kIds, IdKey(collection, PointId::FromString("a\n").encoded())),
            "ids of collection 3, id a\\n");
  EXPECT_EQ(DescribeKey(Family::kMeta, CollectionKey("books")), "meta, key collection/books");
  EXPECT_EQ(DescribeKey(Family::kPoints, "odd"), "points, key odd");
}

}  // namespace
}  // namespace nestor
