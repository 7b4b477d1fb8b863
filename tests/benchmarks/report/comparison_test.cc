#include "benchmarks/report/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/benchmarks/report/documents.h"

namespace nestor::bench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::EngineDocument;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::RunDocument;

// One result of a sweep, whose recall is known to within 0.002.
Json SweepDocument(double recall = 0.95, double qps = 800) {
  return {{"format", 1},
          {"command", "sweep"},
          {"results",
           {{{"params", {{"plan", "default"}, {"concurrency", 4}}},
             {"qps", qps},
             {"recall_at_k", recall},
             {"recall_low", recall - 0.002},
             {"recall_high", recall + 0.002},
             {"valid", true}}}}};
}

std::string Refusal(const Json& before, const Json& after) {
  const absl::Status status = CompareDocuments(before, after, {}).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  return std::string(status.message());
}

Verdict VerdictOf(const Json& before, const Json& after, const std::string& metric,
                  const CompareOptions& options = {}) {
  const auto comparisons = CompareDocuments(before, after, options);
  EXPECT_TRUE(comparisons.ok()) << comparisons.status();
  if (!comparisons.ok()) return Verdict::kUnknown;
  Verdict verdict = Verdict::kUnknown;
  for (const Comparison& comparison : *comparisons) {
    if (comparison.metric == metric) verdict = comparison.verdict;
  }
  return verdict;
}

TEST(ComparisonTest, ADocumentIsTheSameAsItself) {
  for (const Json& document : {EngineDocument(), RunDocument()}) {
    const auto comparisons = CompareDocuments(document, document, {});
    ASSERT_TRUE(comparisons.ok());
    for (const Comparison& comparison : *comparisons) {
      EXPECT_THAT(comparison.verdict, ::testing::AnyOf(Verdict::kSame, Verdict::kUnknown))
          << comparison.metric;
    }
  }
}

TEST(ComparisonTest, SlowerIsWorseAndFasterIsBetter) {
  EXPECT_EQ(VerdictOf(EngineDocument(), EngineDocument(1.3), "us_per_query"), Verdict::kWorse);
  EXPECT_EQ(VerdictOf(EngineDocument(1.3), EngineDocument(), "us_per_query"), Verdict::kBetter);
  EXPECT_EQ(VerdictOf(RunDocument(), RunDocument(1.3), "p99 ms"), Verdict::kWorse);
  EXPECT_EQ(VerdictOf(RunDocument(1.3), RunDocument(), "p50 ms"), Verdict::kBetter);
}

TEST(ComparisonTest, ACertainButSmallChangeIsNone) {
  EXPECT_EQ(VerdictOf(RunDocument(), RunDocument(1.02), "p99 ms"), Verdict::kSame);
  EXPECT_EQ(VerdictOf(RunDocument(), RunDocument(1.02), "p99 ms", {.tolerance = 0.001}),
            Verdict::kWorse);
}

TEST(ComparisonTest, AChangeThatChanceExplainsIsNone) {
  Json before = EngineDocument();
  Json after = EngineDocument();
  before["results"][1]["pass_us"] = {30.0, 50.0, 70.0, 45.0, 55.0};
  after["results"][1]["pass_us"] = {35.0, 60.0, 80.0, 40.0, 58.0};
  after["results"][1]["us_per_query"] = 58.0;
  EXPECT_EQ(VerdictOf(before, after, "us_per_query"), Verdict::kSame);
}

TEST(ComparisonTest, WithoutSamplesThereIsNoVerdictOnATime) {
  Json document = EngineDocument();
  document["results"][1].erase("pass_us");
  EXPECT_EQ(VerdictOf(document, EngineDocument(3), "us_per_query"), Verdict::kUnknown);
}

TEST(ComparisonTest, LessRecallIsWorse) {
  EXPECT_EQ(VerdictOf(EngineDocument(), EngineDocument(1, 0.94), "recall_at_10"), Verdict::kWorse);
  EXPECT_EQ(VerdictOf(RunDocument(), RunDocument(1, 0.94), "recall_at_k"), Verdict::kWorse);
  Json uncertain = RunDocument(1, 0.94);
  uncertain["recall_high"] = 0.96;
  EXPECT_EQ(VerdictOf(RunDocument(), uncertain, "recall_at_k"), Verdict::kSame);
}

TEST(ComparisonTest, QualitiesAreThoseOfTheLimit) {
  Json before = EngineDocument();
  before["limit"] = 100;
  before["results"][1]["recall_at_100"] = 0.9;
  before["results"][1]["map_at_100"] = 0.5;
  Json after = before;
  after["results"][1]["recall_at_100"] = 0.8;
  after["results"][1]["map_at_100"] = 0.6;
  EXPECT_EQ(VerdictOf(before, after, "recall_at_100"), Verdict::kWorse);
  EXPECT_EQ(VerdictOf(before, after, "map_at_100"), Verdict::kBetter);
}

TEST(ComparisonTest, TheIntervalOfTheRecallOfAResultCounts) {
  EXPECT_EQ(VerdictOf(SweepDocument(), SweepDocument(0.94), "recall_at_k"), Verdict::kWorse);
  Json uncertain = SweepDocument(0.94);
  uncertain["results"][0]["recall_high"] = 0.96;
  EXPECT_EQ(VerdictOf(SweepDocument(), uncertain, "recall_at_k"), Verdict::kSame);
}

TEST(ComparisonTest, AnInvalidResultHasNoVerdict) {
  Json before = SweepDocument();
  before["results"].push_back(before["results"][0]);
  before["results"][1]["params"]["plan"] = "exact";
  Json after = before;
  after["results"][1]["recall_at_k"] = 0.5;
  after["results"][1]["recall_high"] = 0.51;
  after["results"][1]["valid"] = false;
  EXPECT_EQ(VerdictOf(before, after, "recall_at_k"), Verdict::kInvalid);
  EXPECT_EQ(VerdictOf(after, before, "recall_at_k"), Verdict::kInvalid);
  after["results"][0]["valid"] = false;
  EXPECT_THAT(Refusal(before, after), HasSubstr("no result is valid in both"));
}

TEST(ComparisonTest, OtherDataAreNamedWithBothValues) {
  Json before = RunDocument();
  before["data"]["rows"] = 200;
  before["data"]["metric"] = "cosine";
  Json after = before;
  after["data"]["rows"] = 100;
  EXPECT_THAT(Refusal(before, after), HasSubstr("data.rows: 200 and 100"));
  after = before;
  after["data"]["metric"] = "l2";
  EXPECT_THAT(Refusal(before, after), HasSubstr("data.metric: cosine and l2"));
}

TEST(ComparisonTest, OtherConditionsAreNamedWithBothValues) {
  const auto refusal = [](const char* name, const Json& before, const Json& after) {
    Json a = RunDocument();
    a[name] = before;
    Json b = RunDocument();
    b[name] = after;
    return Refusal(a, b);
  };
  EXPECT_THAT(refusal("limit", 10, 100), HasSubstr("limit: 10 and 100"));
  EXPECT_THAT(refusal("limit", nullptr, 100), HasSubstr("limit: 10 and 100"));
  EXPECT_THAT(refusal("offered_rate", 500.0, 50.5), HasSubstr("offered_rate: 500 and 50.5"));
  EXPECT_THAT(refusal("offered_rate", 500.0, nullptr), HasSubstr("offered_rate: 500 and none"));
  EXPECT_THAT(refusal("filter", nullptr, {{"field", "rank"}, {"share", 0.1}}),
              HasSubstr("filter: none and field rank, share 0.1"));
  EXPECT_THAT(refusal("mix", {{"search", 1.0}}, {{"search", 0.9}}),
              HasSubstr("mix: search 1 and search 0.9"));
  EXPECT_THAT(refusal("goal", {{"p99_ms", 20.0}}, {{"p99_ms", 50.0}}),
              HasSubstr("goal: p99_ms 20 and p99_ms 50"));
  EXPECT_THAT(refusal("points", 150, 200), HasSubstr("points: 150 and 200"));
}

TEST(ComparisonTest, WhatCannotBeComparedIsSaid) {
  Json other_data = EngineDocument();
  other_data["data"]["base_hash"] = "cc";
  EXPECT_THAT(CompareDocuments(EngineDocument(), other_data, {}).status().message(),
              AllOf(HasSubstr("different data"), HasSubstr("aa"), HasSubstr("cc")));
  EXPECT_THAT(CompareDocuments(EngineDocument(), RunDocument(), {}).status().message(),
              AllOf(HasSubstr("'engine'"), HasSubstr("'run'")));
  Json invalid = RunDocument();
  invalid["valid"] = false;
  invalid["invalid_because"] = "12 sends were skipped";
  EXPECT_THAT(CompareDocuments(RunDocument(), invalid, {}).status().message(),
              AllOf(HasSubstr("the second run"), HasSubstr("12 sends were skipped")));
  Json nothing = EngineDocument();
  nothing["results"] = Json::array();
  EXPECT_TRUE(absl::IsInvalidArgument(CompareDocuments(EngineDocument(), nothing, {}).status()));
}

TEST(ComparisonTest, NamesTheDifferencesOfTheMachines) {
  Json other = EngineDocument();
  other["environment"]["cpu"] = "Other CPU";
  EXPECT_THAT(EnvironmentDifferences(EngineDocument(), other),
              ElementsAre("cpu: Test CPU | Other CPU"));
  EXPECT_THAT(EnvironmentDifferences(other, other), IsEmpty());
}

}  // namespace
}  // namespace nestor::bench
