#include "storage/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "storage/crc32c.h"
#include "storage/fixed_width.h"
#include "tests/storage/record_builder.h"

namespace nestor {
namespace {

using ::nestor::testing::Id;
using ::nestor::testing::VectorBytes;
using ::testing::HasSubstr;

const CollectionNumber kCollection{3};
const std::string kKey = RowKey(kCollection, Row{17});

std::string PointValue(const std::string& key = kKey) {
  const PointId id = Id("name");
  const std::string vector = VectorBytes(1);
  std::string value = "left over";
  EncodePoint(key,
              {.row = Row{17},
               .id = id.encoded(),
               .sequence = Sequence{0x0102030405060708},
               .vector = vector},
              &value);
  return value;
}

TEST(ValuesTest, PointBytesAreAsDrawn) {
  const std::string value = PointValue();
  const std::string body =
      std::string("\x08\x07\x06\x05\x04\x03\x02\x01\x05\x00", 10) + "\x02name" + VectorBytes(1);
  std::string crc;
  AppendLittleEndian(Crc32c(kKey + body), &crc);
  EXPECT_EQ(value, "\x01" + crc + body);
}

TEST(ValuesTest, PointsComeBack) {
  const std::string value = PointValue();
  const auto point = DecodePoint(kKey, value);
  ASSERT_TRUE(point.ok()) << point.status();
  EXPECT_EQ(point->row, Row{17});
  EXPECT_EQ(point->id, Id("name").encoded());
  EXPECT_EQ(point->sequence, Sequence{0x0102030405060708});
  EXPECT_EQ(point->vector, VectorBytes(1));
}

TEST(ValuesTest, EveryFlippedBitOfAPointIsFound) {
  const std::string value = PointValue();
  for (size_t bit = 0; bit < value.size() * 8; ++bit) {
    std::string damaged = value;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    EXPECT_EQ(DecodePoint(kKey, damaged).status().code(), absl::StatusCode::kDataLoss) << bit;
  }
}

TEST(ValuesTest, EveryShortenedPointIsFound) {
  const std::string value = PointValue();
  for (size_t size = 0; size < value.size(); ++size) {
    EXPECT_EQ(DecodePoint(kKey, value.substr(0, size)).status().code(),
              absl::StatusCode::kDataLoss);
  }
}

TEST(ValuesTest, APointUnderAnotherKeyIsFoundAndNamed) {
  const auto point = DecodePoint(RowKey(kCollection, Row{18}), PointValue());
  EXPECT_EQ(point.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(point.status().message()), HasSubstr("points of collection 3, row 18"));
}

TEST(ValuesTest, ALyingIdLengthIsFoundEvenWithAGoodChecksum) {
  std::string body = std::string(8, '\0') + "\xff\xff" + "id";
  std::string value = "\x01";
  AppendLittleEndian(Crc32c(kKey + body), &value);
  EXPECT_EQ(DecodePoint(kKey, value + body).status().code(), absl::StatusCode::kDataLoss);
}

TEST(ValuesTest, CheckedBytesComeBack) {
  for (const std::string& bytes :
       {std::string(), std::string("\0a", 2), std::string(100'000, 'x')}) {
    std::string value = "left over";
    EncodeChecked(kKey, bytes, &value);
    EXPECT_EQ(value.size(), 5 + bytes.size());
    EXPECT_EQ(DecodeChecked(Family::kPayloads, kKey, value).value(), bytes);
    value.back() = static_cast<char>(value.back() ^ 0x10);
    EXPECT_EQ(DecodeChecked(Family::kPayloads, kKey, value).status().code(),
              absl::StatusCode::kDataLoss);
  }
}

TEST(ValuesTest, ExpiriesComeBackAndEveryFlippedBitIsFound) {
  const std::string key = RowKey(CollectionNumber{1}, Row{2});
  std::string value;
  for (const int64_t time : {int64_t{0}, int64_t{-1}, int64_t{1} << 50}) {
    EncodeExpiry(key, time, &value);
    const absl::StatusOr<int64_t> back = DecodeExpiry(key, value);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(*back, time);
  }
  for (size_t bit = 0; bit < 8 * value.size(); ++bit) {
    std::string damaged = value;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_TRUE(absl::IsDataLoss(DecodeExpiry(key, damaged).status())) << bit;
  }
  EncodeChecked(key, "seven b", &value);
  EXPECT_TRUE(absl::IsDataLoss(DecodeExpiry(key, value).status()));
}

TEST(ValuesTest, RowsComeBack) {
  std::string value = "left over";
  EncodeRow(Row{0x0102030405060708}, &value);
  EXPECT_EQ(value, std::string("\x08\x07\x06\x05\x04\x03\x02\x01"));
  EXPECT_EQ(DecodeRow("", value).value(), Row{0x0102030405060708});
  EXPECT_EQ(DecodeRow("", value + "x").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(DecodeRow("", "").status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace nestor
