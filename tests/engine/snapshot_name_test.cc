#include "engine/snapshot_name.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace nestor {
namespace {

using ::testing::HasSubstr;

const absl::Time kTime = absl::FromCivil(absl::CivilSecond(2026, 11, 26, 12, 17, 30), {});

TEST(SnapshotNameTest, SaysOfWhatAndWhen) {
  const std::string name = SnapshotName("docs", kTime, 0x0a1b2c3d);
  EXPECT_EQ(name, "docs-20261126T121730Z-0a1b2c3d");
  EXPECT_TRUE(IsSnapshotName(name));
  EXPECT_EQ(CollectionOfSnapshot(name), "docs");
  EXPECT_TRUE(CheckSnapshotName(name).ok());
}

TEST(SnapshotNameTest, EveryCollectionIsFoundAgain) {
  for (const std::string& collection : {std::string("a"), std::string(64, 'x'), std::string("-"),
                                        std::string("_9"), SnapshotName("docs", kTime, 1)}) {
    const std::string name = SnapshotName(collection, kTime, 0xffffffff);
    EXPECT_TRUE(IsSnapshotName(name)) << name;
    EXPECT_EQ(CollectionOfSnapshot(name), collection);
  }
  EXPECT_FALSE(IsSnapshotName(SnapshotName(std::string(65, 'x'), kTime, 1)));
}

TEST(SnapshotNameTest, NothingElseIsAName) {
  const std::string good = "docs-20261126T121730Z-0a1b2c3d";
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("docs"), good.substr(4),
        "/" + good, "../" + good, "." + good, "a/" + good, good + "/", good + "0", good + '\0',
        "\xc3\xa4" + good, std::string("docs-20261126T121730Z-0A1B2C3D"),
        std::string("docs-2026112 T121730Z-0a1b2c3d"),
        std::string("docs_20261126T121730Z-0a1b2c3d"),
        std::string("docs-20261126T121730z-0a1b2c3d"), std::string(1000, 'a') + good}) {
    EXPECT_FALSE(IsSnapshotName(name)) << name;
    EXPECT_TRUE(absl::IsInvalidArgument(CheckSnapshotName(name))) << name;
  }
  EXPECT_THAT(std::string(CheckSnapshotName("../x").message()),
              HasSubstr("name: '../x' is no name of a snapshot, like docs-"));
}

}  // namespace
}  // namespace nestor
