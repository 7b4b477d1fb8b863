#include "engine/merge_policy.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "engine/segment.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/random_vectors.h"

namespace nestor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr SegmentSize Indexed(size_t live, size_t dead = 0) { return {live, dead, true}; }
constexpr SegmentSize Fresh(size_t live, size_t dead = 0) { return {live, dead, false}; }

TEST(MergePolicyTest, NothingIsDueWhenAllIsIndexedAndAlive) {
  EXPECT_THAT(ChooseMerge({}), IsEmpty());
  EXPECT_THAT(ChooseMerge({Indexed(10)}), IsEmpty());
  EXPECT_THAT(ChooseMerge({Indexed(10), Indexed(10), Indexed(1'000'000)}), IsEmpty());
}

TEST(MergePolicyTest, SegmentsWithoutTheirIndexAreDueAllTogether) {
  EXPECT_THAT(ChooseMerge({Fresh(1)}), ElementsAre(0));
  EXPECT_THAT(ChooseMerge({Indexed(1'000'000), Fresh(5), Fresh(700)}), ElementsAre(1, 2));
}

TEST(MergePolicyTest, TakesAlongWhatIsNotMuchLarger) {
  EXPECT_THAT(ChooseMerge({Indexed(1'000'000), Indexed(400), Fresh(100)}), ElementsAre(1, 2));
  EXPECT_THAT(ChooseMerge({Indexed(1'000'000), Indexed(401), Fresh(100)}), ElementsAre(2));
}

TEST(MergePolicyTest, ASegmentOfWhichAQuarterIsDeadIsWrittenAnew) {
  EXPECT_THAT(ChooseMerge({Indexed(5000, 500), Indexed(600, 400)}), ElementsAre(1));
  EXPECT_THAT(ChooseMerge({Indexed(0, 5)}), ElementsAre(0));
}

TEST(MergePolicyTest, AnEmptyUnindexedSegmentIsDue) {
  EXPECT_THAT(ChooseMerge({Fresh(0, 5), Indexed(7)}), ElementsAre(0));
}

TEST(MergePolicyTest, NoMergeExceedsTheLargestSegment) {
  const size_t third = kMaxSegmentRows / 3 + 1;
  const std::vector<size_t> chosen = ChooseMerge({Fresh(third), Fresh(third), Fresh(third)});
  EXPECT_EQ(chosen.size(), 2u);
  EXPECT_THAT(ChooseMerge({Indexed(kMaxSegmentRows), Fresh(kMaxSegmentRows)}), ElementsAre(1));
}

TEST(ChooseSettlingTest, LeavesOneSegment) {
  EXPECT_THAT(ChooseSettling({Indexed(1'000'000), Indexed(10), Indexed(2000, 3)}),
              ElementsAre(0, 1, 2));
  EXPECT_THAT(ChooseSettling({}), IsEmpty());
  EXPECT_THAT(ChooseSettling({Indexed(10)}), IsEmpty()) << "there is one already";
}

TEST(ChooseSettlingTest, WaitsForWhatIsDue) {
  EXPECT_THAT(ChooseSettling({Indexed(1'000'000), Indexed(10), Fresh(1)}), IsEmpty());
  EXPECT_THAT(ChooseSettling({Indexed(1'000'000), Indexed(600, 400)}), IsEmpty());
}

TEST(ChooseSettlingTest, LeavesAsFewAsTheLargestSegmentAllows) {
  EXPECT_THAT(ChooseSettling({Indexed(kMaxSegmentRows - 1), Indexed(20), Indexed(30)}),
              ElementsAre(1, 2));
  EXPECT_THAT(ChooseSettling({Indexed(kMaxSegmentRows), Indexed(20)}), IsEmpty());
}

TEST(ChooseSettlingTest, TakesATwentiethOfTheTime) {
  EXPECT_TRUE(MaySettleAgain(absl::InfiniteDuration(), absl::ZeroDuration())) << "the first time";
  EXPECT_TRUE(MaySettleAgain(absl::Seconds(200), absl::Seconds(10)));
  EXPECT_FALSE(MaySettleAgain(absl::Seconds(199), absl::Seconds(10)));
}

// Merges as Collection does until nothing is due; returns the rows that went into an index.
size_t MergeAll(std::vector<SegmentSize>* segments) {
  size_t rows = 0;
  for (;;) {
    const std::vector<size_t> chosen = ChooseMerge(*segments);
    if (chosen.empty()) return rows;
    size_t live = 0;
    for (size_t i : chosen) live += (*segments)[i].live;
    EXPECT_LE(live, kMaxSegmentRows);
    for (auto i = chosen.rbegin(); i != chosen.rend(); ++i) {
      segments->erase(segments->begin() + static_cast<std::ptrdiff_t>(*i));
    }
    if (live > 0) segments->push_back(Indexed(live));
    rows += live;
  }
}

// What is left after merging is more than four times as large as all that is smaller and was merged
// with it: with it, they are more than five times that, so there are at most log5(rows) + 1
// segments, whatever the order.
void ExpectFewSegments(const std::vector<SegmentSize>& segments, size_t rows) {
  EXPECT_LE(segments.size(),
            static_cast<size_t>(std::log(static_cast<double>(rows)) / std::log(5)) + 1);
}

void SealThousand(const std::function<size_t(size_t)>& size_of) {
  std::vector<SegmentSize> segments;
  size_t rows = 0, indexed = 0;
  for (size_t i = 0; i < 1000; ++i) {
    segments.push_back(Fresh(size_of(i)));
    rows += segments.back().live;
    indexed += MergeAll(&segments);
    ExpectFewSegments(segments, rows);
  }
  // Each merge makes a row's segment at least a quarter larger, so a row is indexed at most
  // log1.25(rows) times.
  const double times = std::log(static_cast<double>(rows)) / std::log(1.25);
  EXPECT_LE(static_cast<double>(indexed), static_cast<double>(rows) * times);
}

TEST(MergePolicyTest, AnyOrderOfSealsEndsInFewSegments) {
  testing::Random random(1);
  SealThousand([](size_t) { return 16384; });
  SealThousand([](size_t i) { return 1 + i; });
  SealThousand([](size_t i) { return 1000 - i; });
  SealThousand([](size_t i) { return i % 2 == 0 ? 1 : 16384; });
  SealThousand([&](size_t) { return 1 + random.Below(16384); });
  SealThousand([&](size_t) { return size_t{1} << random.Below(15); });
}

TEST(MergePolicyTest, ManySealsBeforeOneMergeEndInFewSegments) {
  testing::Random random(2);
  std::vector<SegmentSize> segments;
  size_t rows = 0;
  for (int round = 0; round < 100; ++round) {
    for (size_t i = random.Below(20); i > 0; --i) {
      segments.push_back(Fresh(1 + random.Below(16384)));
      rows += segments.back().live;
    }
    (void)MergeAll(&segments);
    ExpectFewSegments(segments, rows + 1);
  }
}

// Deletes may shrink a segment by a quarter before it is due, which costs a little of the doubling.
TEST(MergePolicyTest, DeletesLeaveFewSegmentsAndFewDeadRows) {
  testing::Random random(3);
  std::vector<SegmentSize> segments;
  size_t rows = 0;
  for (int round = 0; round < 1000; ++round) {
    segments.push_back(Fresh(1 + random.Below(16384)));
    rows += segments.back().live;
    for (SegmentSize& segment : segments) {
      const size_t die = random.Below(segment.live / 8 + 1);
      segment.live -= die;
      segment.dead += die;
    }
    (void)MergeAll(&segments);
    size_t live = 0, dead = 0;
    for (const SegmentSize& segment : segments) live += segment.live, dead += segment.dead;
    EXPECT_LE(dead, (live + dead) / 4 + 1);
    EXPECT_LE(segments.size(), 2 * static_cast<size_t>(std::log2(static_cast<double>(rows))));
  }
}

}  // namespace
}  // namespace nestor
