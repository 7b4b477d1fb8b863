#include "engine/view.h"

#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "tests/engine/test_collection.h"

namespace nestor {
namespace {

ResolvedSpec ViewedSpec() {
  CollectionSpec spec;
  spec.dims = 2;
  return testing::Resolve(spec);
}

// Rows 1 to 3 in a segment, 4 and 5 in a sealed delta, 6 in the open one.
View SmallView() {
  View view;
  SegmentBuilder builder(ViewedSpec(), testing::FirstCoder(ViewedSpec()), 3);
  const float vector[] = {1, 2};
  for (uint64_t row = 1; row <= 3; ++row) builder.Append(Row{row}, Sequence{row}, vector);
  view.segments.push_back({std::move(builder).Finish(), std::make_shared<const RowBitmap>(3)});
  for (const auto& [first, count] : {std::pair{4, 2}, std::pair{6, 1}}) {
    auto delta = std::make_shared<Delta>(Metric::kCosine, 2, Row(first), 10,
                                         std::make_shared<const PayloadSchema>());
    for (int i = 0; i < count; ++i) {
      delta->Append(Sequence(first + i), {reinterpret_cast<const char*>(vector), sizeof(vector)},
                    {});
    }
    view.deltas.push_back(
        {delta, static_cast<size_t>(count), std::make_shared<const RowBitmap>(10)});
  }
  view.sequence = Sequence{6};
  view.next_row = Row{7};
  return view;
}

TEST(ViewTest, FindsEachRowWhereItIs) {
  const View view = SmallView();
  for (uint64_t row = 1; row <= 6; ++row) {
    const auto place = view.Find(Row{row});
    ASSERT_TRUE(place.has_value());
    EXPECT_EQ(place->part, row <= 3 ? 0u : row <= 5 ? 1u : 2u);
    EXPECT_EQ(view.RowAt(*place), Row{row});
    EXPECT_FALSE(view.IsDead(*place));
  }
  EXPECT_FALSE(view.Find(kNoRow).has_value());
  EXPECT_FALSE(view.Find(Row{7}).has_value());
}

TEST(ViewTest, CountsLiveDeadAndUnindexed) {
  View view = SmallView();
  DeadMarker marker(&view);
  EXPECT_TRUE(marker.Mark(Row{2}));
  EXPECT_TRUE(marker.Mark(Row{6}));
  EXPECT_EQ(view.live_points(), 4u);
  EXPECT_EQ(view.dead_rows(), 2u);
  EXPECT_EQ(view.unindexed_points(), 4u);  // the segment waits for its graph
}

TEST(ViewTest, IndexedSequenceStopsBeforeTheFirstRowWithoutItsIndex) {
  View view = SmallView();
  EXPECT_EQ(view.indexed_sequence(), Sequence{0});
  auto indexed = std::make_shared<Segment>();
  indexed->rows = {Row{1}, Row{2}, Row{3}};
  indexed->indexed = true;
  view.segments[0].segment = indexed;
  EXPECT_EQ(view.indexed_sequence(), Sequence{3});
  view.deltas.erase(view.deltas.begin());
  EXPECT_EQ(view.indexed_sequence(), Sequence{5});
  view.deltas[0].length = 0;
  EXPECT_EQ(view.indexed_sequence(), Sequence{6});
}

TEST(DeadMarkerTest, OldViewsDoNotChange) {
  const View before = SmallView();
  View after = before;
  DeadMarker marker(&after);
  for (uint64_t row : {1, 3, 5}) EXPECT_TRUE(marker.Mark(Row{row}));
  EXPECT_EQ(before.dead_rows(), 0u);
  EXPECT_EQ(after.dead_rows(), 3u);
  // What no row died in is shared.
  EXPECT_NE(after.segments[0].dead, before.segments[0].dead);
  EXPECT_EQ(after.deltas[1].dead, before.deltas[1].dead);
}

TEST(DeadMarkerTest, SaysWhetherTheRowWasAlive) {
  View view = SmallView();
  DeadMarker marker(&view);
  EXPECT_TRUE(marker.Mark(Row{1}));
  EXPECT_FALSE(marker.Mark(Row{1}));
  EXPECT_FALSE(marker.Mark(Row{99}));
  DeadMarker again(&view);
  EXPECT_FALSE(again.Mark(Row{1}));
}

}  // namespace
}  // namespace nestor
