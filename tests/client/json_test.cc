#include "client/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "client/payload_json.h"

namespace nestor {
namespace {

using ::testing::HasSubstr;

TEST(JsonTest, FloatsAreShortAndReadBackAsThemselves) {
  EXPECT_EQ(ToLine(FloatToJson(0.9F)), "0.9");
  EXPECT_EQ(ToLine(FloatToJson(-1.0F)), "-1.0");
  std::mt19937 random(7);
  for (int i = 0; i < 20000; ++i) {
    const auto value = std::bit_cast<float>(static_cast<uint32_t>(random()));
    if (!std::isfinite(value)) continue;
    const auto back = static_cast<float>(Json::parse(ToLine(FloatToJson(value))).get<double>());
    EXPECT_EQ(back, value);
  }
}

TEST(JsonTest, WhatJsonCannotSayIsNull) {
  EXPECT_EQ(ToLine(FloatToJson(std::numeric_limits<float>::quiet_NaN())), "null");
  EXPECT_EQ(ToLine(FloatToJson(-std::numeric_limits<float>::infinity())), "null");
}

TEST(JsonTest, IdsKeepTheirKindAndAll64Bits) {
  v1::PointId id;
  EXPECT_EQ(ToLine(IdToJson(id)), "null");
  id.set_num(UINT64_MAX);
  EXPECT_EQ(ToLine(IdToJson(id)), "18446744073709551615");
  id.set_str("7");
  EXPECT_EQ(ToLine(IdToJson(id)), "\"7\"");
}

TEST(JsonTest, PayloadsReadBackAsThemselves) {
  const std::string text =
      R"({"a":null,"b":[1,2.5,{"c":"\u0001é"}],"i":9007199254740993,"n":-9223372036854775808,"t":true})";
  EXPECT_EQ(ToLine(PayloadToJson(PayloadFromJson(text).value())), text);
}

TEST(JsonTest, TimesAreRfc3339) {
  v1::Value value;
  value.mutable_time_value()->set_seconds(1'700'000'000);
  EXPECT_EQ(ToLine(ValueToJson(value)), "\"2023-11-14T22:13:20Z\"");
}

TEST(JsonTest, BytesThatAreNotUtf8AreReplacedNotThrown) {
  EXPECT_THAT(ToLine(Json("\xff")), HasSubstr("\xef\xbf\xbd"));
}

TEST(JsonTest, ASearchRowHasRowHitsAndStats) {
  v1::SearchResponse response;
  v1::Hit& hit = *response.add_hits();
  hit.mutable_id()->set_str("a");
  hit.set_score(0.9F);
  hit.set_distance(0.1F);
  response.mutable_completeness()->set_complete(true);
  response.mutable_completeness()->set_estimated_recall(0.97F);
  response.mutable_completeness()->set_certified(true);
  response.mutable_completeness()->set_stop_reason(v1::Completeness::MARGIN);
  EXPECT_EQ(ToLine(SearchRowToJson(3, response).value()),
            R"({"row":3,"hits":[{"id":"a","score":0.9,"distance":0.1,"payload":{}}],)"
            R"("stats":{"complete":true,"estimated_recall":0.97,"certified":true,)"
            R"("stop_reason":"margin"}})");
}

TEST(JsonTest, AnExplainedSearchRowHasPlanTimesAndStages) {
  v1::SearchResponse response;
  response.mutable_completeness()->add_reasons(v1::Completeness::TIME_BUDGET);
  response.mutable_completeness()->set_stop_reason(v1::Completeness::TIME);
  response.mutable_stats()->set_plan("exact");
  response.mutable_stats()->mutable_total_time()->set_nanos(1'500'000);
  v1::StageStats& stage = *response.mutable_stats()->add_stages();
  stage.set_name("scan");
  stage.mutable_time()->set_seconds(1);
  EXPECT_EQ(ToLine(SearchRowToJson(0, response).value()),
            R"({"row":0,"hits":[],"stats":{"complete":false,"estimated_recall":null,)"
            R"("certified":false,"stop_reason":"time",)"
            R"("reasons":["time_budget"],"plan":"exact","queue_us":0,"total_us":1500,"stages":[)"
            R"({"name":"scan","dims":0,"candidates_in":0,"candidates_out":0,"bytes_read":0,)"
            R"("time_us":1000000}]}})");
}

TEST(JsonTest, AFailedQueryHasItsError) {
  v1::SearchResponse response;
  response.mutable_error()->set_code(3);
  response.mutable_error()->set_message("query is NaN");
  const Json json = SearchRowToJson(0, response).value();
  EXPECT_EQ(ToLine(json["error"]), R"({"code":"INVALID_ARGUMENT","message":"query is NaN"})");
}

TEST(JsonTest, StatsHaveTheNamesThatScriptsUse) {
  v1::CollectionStats stats;
  stats.set_points(5);
  stats.set_disk_bytes(UINT64_MAX);
  const Json json = CollectionStatsToJson(stats);
  for (const char* key :
       {"points", "unindexed_points", "segments", "index_bytes", "rerank_tier_bytes",
        "rerank_tier_mapped_bytes", "point_record_mapped_bytes", "disk_bytes"}) {
    EXPECT_TRUE(json.contains(key) && json[key].is_number_unsigned()) << key;
  }
  EXPECT_EQ(json["disk_bytes"], UINT64_MAX);
  EXPECT_TRUE(json["calibration"].is_null());
}

TEST(JsonTest, AnAuditOfNoSearchHasNoRecall) {
  v1::CollectionStats stats;
  EXPECT_EQ(ToLine(CollectionStatsToJson(stats)["recall_audit"]), R"({"searches":0,"alarms":0})");
  stats.mutable_recall_audit()->set_searches(7);
  stats.mutable_recall_audit()->set_recall(0.5F);
  stats.mutable_recall_audit()->set_high(0.75F);
  stats.mutable_recall_audit()->set_alarms(1);
  stats.mutable_recall_audit()->mutable_last_alarm()->set_seconds(1'700'000'000);
  EXPECT_EQ(ToLine(CollectionStatsToJson(stats)["recall_audit"]),
            R"({"searches":7,"recall":0.5,"low":0.0,"high":0.75,"recall_target":0.0,"alarms":1,)"
            R"("last_alarm":"2023-11-14T22:13:20Z"})");
}

TEST(JsonTest, ACalibrationHasTheNamesThatScriptsUse) {
  v1::CollectionStats stats;
  v1::Calibration& calibration = *stats.mutable_calibration();
  calibration.mutable_time()->set_seconds(1'700'000'000);
  calibration.set_points(5000);
  calibration.set_source(v1::Calibration::QUERIES);
  calibration.set_unfinished(true);
  calibration.set_revoked(true);
  v1::Calibration::Table& table = *calibration.add_tables();
  table.set_share(1);
  table.set_limit(10);
  table.set_queries(1000);
  v1::Calibration::Plan& plan = *table.add_plans();
  plan.set_recall(0.5F);
  plan.set_promised_recall(0.25F);
  plan.mutable_cost()->set_nanos(42'000);
  plan.mutable_shortlist()->set_size(30);
  plan.mutable_shortlist()->set_ef(31);
  plan.mutable_shortlist()->set_nprobe(2);
  plan.set_margin(0.125F);
  plan.mutable_stage()->set_dims(512);
  plan.mutable_stage()->set_keep(40);
  v1::Calibration::Plan& plain = *table.add_plans();
  plain.mutable_shortlist()->set_size(50);
  table.add_plans()->set_exact(true);
  EXPECT_EQ(
      ToLine(CollectionStatsToJson(stats)["calibration"]),
      R"({"time":"2023-11-14T22:13:20Z","points":5000,"source":"queries","unfinished":true,"revoked":true,)"
      R"("tables":[)"
      R"({"share":1.0,"limit":10,"queries":1000,"plans":[{"promised_recall":0.25,"recall":0.5,)"
      R"("cost_us":42.0,"exact":false,"size":30,"ef":31,"nprobe":2,"margin":0.125,)"
      R"("stage":{"dims":512,"keep":40}},)"
      R"({"promised_recall":0.0,"recall":0.0,"cost_us":0.0,"exact":false,"size":50,"ef":0,)"
      R"("nprobe":0,"margin":null,"stage":null},)"
      R"({"promised_recall":0.0,"recall":0.0,"cost_us":0.0,"exact":true}]}]})");
}

}  // namespace
}  // namespace nestor
