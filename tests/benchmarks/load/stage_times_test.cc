#include "benchmarks/load/stage_times.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace nestor::bench {
namespace {

v1::SearchStats Stats(const std::vector<std::pair<std::string, int>>& stages) {
  v1::SearchStats stats;
  stats.mutable_queue_time()->set_nanos(5000);
  stats.mutable_total_time()->set_nanos(100'000);
  for (const auto& [name, micros] : stages) {
    v1::StageStats& stage = *stats.add_stages();
    stage.set_name(name);
    stage.mutable_time()->set_nanos(1000 * micros);
  }
  return stats;
}

std::vector<std::string> Names(const StageTimes& times) {
  std::vector<std::string> names;
  for (const Json& stage : times.ToJson()) names.push_back(stage["name"]);
  return names;
}

TEST(StageTimesTest, QueueIsFirstAndTotalLast) {
  StageTimes times;
  times.Add(0, Stats({{"shortlist", 10}, {"exact", 30}}));
  times.Add(0, Stats({{"shortlist", 20}, {"exact", 30}}));
  const Json json = times.ToJson();
  EXPECT_EQ(Names(times), (std::vector<std::string>{"queue", "shortlist", "exact", "total"}));
  EXPECT_EQ(json[0].dump(),
            "{\"name\":\"queue\",\"count\":2,\"mean_us\":5.0,\"p50_us\":5.0,\"p99_us\":5.0}");
  EXPECT_EQ(
      json[1].dump(),
      "{\"name\":\"shortlist\",\"count\":2,\"mean_us\":15.0,\"p50_us\":10.0,\"p99_us\":20.0}");
  EXPECT_EQ(json[3]["mean_us"], 100.0);
}

TEST(StageTimesTest, AStageThatComesLaterKeepsItsPlace) {
  StageTimes times;
  times.Add(0, Stats({{"shortlist", 1}, {"exact", 1}}));
  times.Add(0, Stats({{"filter", 1}, {"shortlist", 1}, {"rerank", 1}, {"exact", 1}}));
  EXPECT_EQ(Names(times),
            (std::vector<std::string>{"queue", "filter", "shortlist", "rerank", "exact", "total"}));
}

TEST(StageTimesTest, StagesOfOneNameAreCountedApart) {
  StageTimes times;
  times.Add(0, Stats({{"rerank", 1}, {"rerank", 2}}));
  EXPECT_EQ(Names(times), (std::vector<std::string>{"queue", "rerank", "rerank 2", "total"}));
}

TEST(StageTimesTest, SearchesOfTheWarmupDoNotCount) {
  StageTimes times;
  times.Add(50, Stats({{"early", 1}}));
  times.CountFrom(100);
  times.Add(99, Stats({{"late answer", 1}}));
  times.Add(100, Stats({{"exact", 1}}));
  times.CountFrom(100);
  EXPECT_EQ(Names(times), (std::vector<std::string>{"queue", "exact", "total"}));
}

TEST(StageTimesTest, WithoutAWarmupNothingIsForgotten) {
  StageTimes times;
  times.Add(0, Stats({{"exact", 1}}));
  times.CountFrom(0);
  EXPECT_EQ(Names(times), (std::vector<std::string>{"queue", "exact", "total"}));
}

TEST(StageTimesTest, NothingAddedIsNoStages) {
  StageTimes times;
  EXPECT_EQ(times.ToJson().dump(), "[]");
  times.Add(0, Stats({{"exact", 1}}));
  times.CountFrom(1);
  EXPECT_EQ(times.ToJson().dump(), "[]");
}

}  // namespace
}  // namespace nestor::bench
