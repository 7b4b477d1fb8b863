#include "benchmarks/load/operation_source.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace nestor::bench {
namespace {

OperationSourceOptions SomeWrites() {
  return {.mix = ParseOperationMix("search=6,upsert=3,delete=1").value(),
          .queries = 10,
          .first_churned = 90,
          .rows = 100,
          .explain = 0.25,
          .seed = 3};
}

TEST(OperationSourceTest, EveryQueryIsAskedOnceBeforeAnyIsAskedAgain) {
  OperationSource source({.mix = {}, .queries = 10, .seed = 1});
  std::vector<std::vector<uint32_t>> rounds(3);
  for (std::vector<uint32_t>& round : rounds) {
    std::set<uint32_t> seen;
    for (int i = 0; i < 10; ++i) {
      round.push_back(source.Next().query);
      seen.insert(round.back());
    }
    EXPECT_EQ(seen.size(), 10U);
  }
  EXPECT_NE(rounds[0], rounds[1]);
}

TEST(OperationSourceTest, KindsComeInTheirShares) {
  OperationSource source(SomeWrites());
  std::array<int, kOperationKinds> counts = {};
  int explained = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Operation operation = source.Next();
    ++counts[static_cast<size_t>(operation.kind)];
    explained += operation.explain ? 1 : 0;
  }
  EXPECT_NEAR(counts[0], 6000, 300);
  EXPECT_NEAR(counts[1], 3000, 300);
  EXPECT_NEAR(counts[2], 1000, 200);
  EXPECT_NEAR(explained, counts[0] / 4, 200);
}

TEST(OperationSourceTest, WritesStayInTheChurnPoolAndDeletesAreRemembered) {
  OperationSource source(SomeWrites());
  std::set<uint32_t> deleted;
  std::set<uint32_t> written;
  for (int i = 0; i < 1000; ++i) {
    const Operation operation = source.Next();
    if (operation.kind == OperationKind::kSearch) continue;
    ASSERT_GE(operation.row, 90U);
    ASSERT_LT(operation.row, 100U);
    written.insert(operation.row);
    if (operation.kind == OperationKind::kDelete) deleted.insert(operation.row);
  }
  EXPECT_EQ(written.size(), 10U);
  EXPECT_EQ(source.deleted(), deleted);
}

TEST(OperationSourceTest, TheSeedDecides) {
  OperationSource one(SomeWrites());
  OperationSource other(SomeWrites());
  for (int i = 0; i < 100; ++i) {
    const Operation a = one.Next();
    const Operation b = other.Next();
    EXPECT_EQ(a.kind, b.kind);
    EXPECT_EQ(a.query, b.query);
    EXPECT_EQ(a.row, b.row);
    EXPECT_EQ(a.explain, b.explain);
  }
}

}  // namespace
}  // namespace nestor::bench
