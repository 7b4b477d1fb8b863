#include "benchmarks/load/operation_mix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nestor::bench {
namespace {

using ::testing::HasSubstr;

TEST(OperationMixTest, WeightsAreSharesOfEachOther) {
  const absl::StatusOr<OperationMix> mix = ParseOperationMix("search=90,upsert=8,delete=2");
  ASSERT_TRUE(mix.ok()) << mix.status();
  EXPECT_TRUE(mix->HasWrites());
  EXPECT_DOUBLE_EQ(mix->Share(OperationKind::kUpsert), 0.08);
  EXPECT_EQ(mix->At(0), OperationKind::kSearch);
  EXPECT_EQ(mix->At(0.8999), OperationKind::kSearch);
  EXPECT_EQ(mix->At(0.9001), OperationKind::kUpsert);
  EXPECT_EQ(mix->At(0.9799), OperationKind::kUpsert);
  EXPECT_EQ(mix->At(0.9801), OperationKind::kDelete);
  EXPECT_EQ(mix->At(0.9999), OperationKind::kDelete);
}

TEST(OperationMixTest, WhatIsNotNamedIsNotSent) {
  EXPECT_FALSE(OperationMix().HasWrites());
  EXPECT_FALSE(ParseOperationMix("search=1")->HasWrites());
  EXPECT_EQ(ParseOperationMix("search=1,delete=3")->At(0.5), OperationKind::kDelete);
  EXPECT_EQ(ParseOperationMix("search=1,upsert=3")->At(0.9999), OperationKind::kUpsert);
  EXPECT_EQ(ParseOperationMix("search=1,upsert=0")->At(0.9999), OperationKind::kSearch);
}

TEST(OperationMixTest, RefusesWhatItCannotMean) {
  const auto error = [](const char* text) {
    return std::string(ParseOperationMix(text).status().message());
  };
  EXPECT_THAT(error("search=9,update=1"), HasSubstr("'update' is not search, upsert or delete"));
  EXPECT_THAT(error("search=9,search=1"), HasSubstr("search is there twice"));
  EXPECT_THAT(error("search=x"), HasSubstr("the weight 'x' of search"));
  EXPECT_THAT(error("search=-1"), HasSubstr("is not in 0 to 1000000"));
  EXPECT_THAT(error("search"), HasSubstr("the weight ''"));
  EXPECT_THAT(error(""), HasSubstr("'' is not search"));
  EXPECT_THAT(error("upsert=1"), HasSubstr("there must be searches"));
  EXPECT_THAT(error("search=nan"), HasSubstr("the weight 'nan'"));
}

}  // namespace
}  // namespace nestor::bench
