#include "storage/distinct_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nestor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(DistinctKeysTest, SortsAndRemembersEveryPosition) {
  const DistinctKeys keys({"b", "c", "a", "b", "c", "b"});
  EXPECT_THAT(keys.keys(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(keys.positions(0), ElementsAre(2));
  EXPECT_THAT(keys.positions(1), ElementsAre(0, 3, 5));
  EXPECT_THAT(keys.positions(2), ElementsAre(1, 4));
}

TEST(DistinctKeysTest, NoKeysAreNoKeys) { EXPECT_THAT(DistinctKeys({}).keys(), IsEmpty()); }

}  // namespace
}  // namespace nestor
