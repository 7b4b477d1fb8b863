#include "engine/expiry_table.h"

#include <limits>
#include <map>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Random;

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

std::vector<uint64_t> Expiring(const ExpiryTable& table, int64_t after_us, int64_t until_us) {
  std::vector<uint64_t> rows;
  table.VisitExpiring(after_us, until_us, [&](Row row) {
    rows.push_back(ToNumber(row));
    return true;
  });
  return rows;
}

TEST(ExpiryTableTest, RowsComeByTimeAndOnlyThoseAskedFor) {
  const ExpiryTable table =
      ExpiryTable().With({{Row{1}, 30}, {Row{2}, 10}, {Row{3}, 20}, {Row{4}, 20}});
  EXPECT_EQ(table.size(), 4u);
  EXPECT_THAT(Expiring(table, kMin, kMax), ElementsAre(2, 3, 4, 1));
  EXPECT_THAT(Expiring(table, 10, 20), ElementsAre(3, 4));
  EXPECT_THAT(Expiring(table, 9, 10), ElementsAre(2));
  EXPECT_THAT(Expiring(table, 30, kMax), IsEmpty());
  EXPECT_THAT(Expiring(table, kMax, kMax), IsEmpty());
  EXPECT_THAT(Expiring(table, 20, 10), IsEmpty());
  std::vector<uint64_t> first;
  table.VisitExpiring(kMin, kMax, [&](Row row) {
    first.push_back(ToNumber(row));
    return first.size() < 2;
  });
  EXPECT_THAT(first, ElementsAre(2, 3));
}

TEST(ExpiryTableTest, AChangeLeavesTheTableItWasMadeFromAsItWas) {
  const ExpiryTable before = ExpiryTable().With({{Row{1}, 10}, {Row{2}, 20}});
  const ExpiryTable after = before.With({{Row{1}, 40}, {Row{2}, std::nullopt}, {Row{3}, 30}});
  EXPECT_THAT(Expiring(before, kMin, kMax), ElementsAre(1, 2));
  EXPECT_EQ(before.Find(Row{1}), ExpireTime(10));
  EXPECT_THAT(Expiring(after, kMin, kMax), ElementsAre(3, 1));
  EXPECT_EQ(after.Find(Row{1}), ExpireTime(40));
  EXPECT_EQ(after.Find(Row{2}), std::nullopt);
}

TEST(ExpiryTableTest, ChangesThatChangeNothingAreHarmless) {
  const ExpiryTable table = ExpiryTable().With({{Row{1}, 10}, {Row{5}, std::nullopt}});
  const ExpiryTable same = table.With({{Row{1}, 10}, {Row{2}, std::nullopt}});
  EXPECT_THAT(Expiring(same, kMin, kMax), ElementsAre(1));
  EXPECT_EQ(ExpiryTable().Find(Row{1}), std::nullopt);
}

TEST(ExpiryTableTest, TimesAreKeptToTheMicrosecond) {
  const absl::Time time = absl::FromUnixMicros(1'700'000'000'000'001);
  EXPECT_EQ(FromExpireTime(ToExpireTime(time)), time);
  EXPECT_EQ(FromExpireTime(ToExpireTime(time + absl::Nanoseconds(999))), time);
  EXPECT_EQ(FromExpireTime(ToExpireTime(absl::InfiniteFuture())), absl::InfiniteFuture());
}

// Enough rows for many chunks; a map is the oracle.
TEST(ExpiryTableTest, AgreesWithAMapThroughRandomChanges) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    ExpiryTable table;
    std::map<Row, int64_t> expected;
    for (int round = 0; round < 40; ++round) {
      ExpiryChanges changes;
      const size_t count = random.Below(random.OneIn(4) ? 4000 : 20);
      const bool mostly_removing = random.OneIn(3);
      for (size_t i = 0; i < count; ++i) {
        const Row row{1 + random.Below(10'000)};
        changes[row] = random.OneIn(mostly_removing ? 8 : 2)
                           ? ExpireTime(static_cast<int64_t>(random.Below(500)))
                           : std::nullopt;
      }
      table = table.With(changes);
      for (const auto& [row, expire_us] : changes) {
        if (expire_us) {
          expected[row] = *expire_us;
        } else {
          expected.erase(row);
        }
      }
    }
    EXPECT_EQ(table.size(), expected.size());
    std::map<std::pair<int64_t, Row>, uint64_t> by_time;
    for (const auto& [row, expire_us] : expected) {
      EXPECT_EQ(table.Find(row), ExpireTime(expire_us));
      if (expire_us > 100 && expire_us <= 300) by_time[{expire_us, row}] = ToNumber(row);
    }
    std::vector<uint64_t> rows;
    for (const auto& [key, row] : by_time) rows.push_back(row);
    EXPECT_EQ(Expiring(table, 100, 300), rows);
  }
}

}  // namespace
}  // namespace nestor
