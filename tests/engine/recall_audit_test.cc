#include "engine/recall_audit.h"

#include <vector>

#include "gtest/gtest.h"

namespace nestor {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

SearchRequest RequestFor(const std::vector<float>& vector) {
  SearchRequest request;
  request.vector = vector;
  request.limit = 10;
  request.offset = 5;
  return request;
}

TEST(RecallAuditTest, KeepsAboutTheShareThatItShould) {
  const std::vector<float> vector = {1, 2};
  RecallAudit audit(0.01);
  size_t kept = 0;
  for (int i = 0; i < 20'000; ++i) {
    audit.Offer(RequestFor(vector), {0.9f});
    while (audit.Take()) ++kept;
  }
  EXPECT_GE(kept, 150u);
  EXPECT_LE(kept, 250u);
}

TEST(RecallAuditTest, KeepsNoneOfNoShareAndAllOfOne) {
  const std::vector<float> vector = {1, 2};
  RecallAudit none(0), all(1);
  for (RecallAudit* audit : {&none, &all}) audit->Offer(RequestFor(vector), {0.9f});
  EXPECT_FALSE(none.Take().has_value());
  EXPECT_TRUE(all.Take().has_value());
}

TEST(RecallAuditTest, GivesSearchesBackInTheirOrderAndNoMoreThanMayWait) {
  RecallAudit audit(1);
  Filter filter;
  filter.kind = Filter::Kind::kAnyOf;
  for (size_t i = 0; i < RecallAudit::kMostWaiting + 5; ++i) {
    const std::vector<float> vector = {static_cast<float>(i), 1};
    SearchRequest request = RequestFor(vector);
    if (i == 1) request.filter = &filter;
    audit.Offer(request, {0.9f, 0.75f});
  }
  filter.kind = Filter::Kind::kAllOf;  // that of the request is gone by now
  size_t taken = 0;
  while (const auto search = audit.Take()) {
    EXPECT_EQ(search->vector, (std::vector<float>{static_cast<float>(taken), 1}));
    EXPECT_EQ(search->top, 15u);
    EXPECT_EQ(search->wanted.recall_target, 0.9f);
    EXPECT_EQ(search->wanted.probability, 0.75f);
    EXPECT_EQ(search->filter.has_value(), taken == 1);
    if (search->filter) {
      EXPECT_EQ(search->filter->kind, Filter::Kind::kAnyOf);
    }
    ++taken;
  }
  EXPECT_EQ(taken, RecallAudit::kMostWaiting);
}

TEST(RecallAuditTest, FiguresAreOfTheLastSearches) {
  RecallAudit audit(1);
  EXPECT_EQ(audit.figures().searches, 0u);
  for (size_t i = 0; i < RecallAudit::kWindow; ++i) (void)audit.Add(0.5, 0.25, false, kNow);
  for (size_t i = 0; i < RecallAudit::kWindow / 2; ++i) (void)audit.Add(1, 0.75, false, kNow);
  EXPECT_EQ(audit.figures().searches, RecallAudit::kWindow);
  EXPECT_NEAR(audit.figures().recall, 0.75, 1e-9);
  EXPECT_NEAR(audit.figures().target, 0.5, 1e-9);
  audit.Restart();
  EXPECT_EQ(audit.figures().searches, 0u);
}

TEST(RecallAuditTest, OnlySearchesThatWerePromisedSomethingMakeAnAlarm) {
  RecallAudit audit(1);
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(audit.Add(0, 0.9, /*calibrated=*/false, kNow));
  EXPECT_EQ(audit.figures().alarms, 0u);
  int searches = 0;
  while (!audit.Add(0, 0.9, /*calibrated=*/true, kNow)) ASSERT_LT(++searches, 100);
  EXPECT_EQ(audit.figures().alarms, 1u);
  EXPECT_EQ(audit.figures().last_alarm, kNow);
  audit.Restart();
  EXPECT_EQ(audit.figures().alarms, 1u);
}

}  // namespace
}  // namespace nestor
