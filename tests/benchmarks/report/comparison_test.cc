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
