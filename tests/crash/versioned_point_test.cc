#include "tests/crash/versioned_point.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace nestor::testing {
namespace {

using ::testing::HasSubstr;

TEST(VersionedPointTest, APointIsWhatItSays) {
  for (Key key = 0; key < 20; ++key) {
    const absl::StatusOr<VersionedKey> found = Identify(PointOf(key, 7));
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->key, key);
    EXPECT_EQ(found->version, 7U);
  }
}

TEST(VersionedPointTest, OneWrongBitOfAVectorIsTorn) {
  v1::Point point = PointOf(4, 7);
  (*point.mutable_vector()->mutable_packed())[1000] ^= 1;
  EXPECT_THAT(Identify(point).status().message(), HasSubstr("torn: key 4 version 7"));
}

TEST(VersionedPointTest, APayloadOfAnotherVersionIsTorn) {
  v1::Point point = PointOf(4, 7);
  *point.mutable_payload() = PointOf(4, 8).payload();
  EXPECT_THAT(Identify(point).status().message(), HasSubstr("torn"));
}

TEST(VersionedPointTest, TheIdOfAnotherKeyIsTorn) {
  v1::Point point = PointOf(4, 7);
  *point.mutable_id() = IdOf(5);
  EXPECT_THAT(Identify(point).status().message(), HasSubstr("torn"));
}

TEST(VersionedPointTest, APointWithoutOurPayloadIsAPhantom) {
  v1::Point point = PointOf(4, 7);
  point.clear_payload();
  EXPECT_THAT(Identify(point).status().message(), HasSubstr("phantom"));
}

}  // namespace
}  // namespace nestor::testing
