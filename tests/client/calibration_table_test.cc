#include "client/commands/calibration_table.h"

#include <sstream>
#include <string>

#include "gtest/gtest.h"

namespace nestor::cli {
namespace {

std::string Printed(const v1::CollectionStats& stats) {
  std::ostringstream out;
  PrintCalibration(stats, absl::FromUnixSeconds(1'700'000'090), out);
  return out.str();
}

v1::Calibration::Plan* AddPlan(float promised, int us, v1::Calibration::Table* table) {
  v1::Calibration::Plan* const plan = table->add_plans();
  plan->set_promised_recall(promised);
  plan->set_recall(promised + 0.001F);
  plan->mutable_cost()->set_nanos(us * 1000);
  return plan;
}

TEST(CalibrationTableTest, SaysWhatSearchesCostForSomeRecalls) {
  v1::CollectionStats stats;
  v1::Calibration& calibration = *stats.mutable_calibration();
  calibration.mutable_time()->set_seconds(1'700'000'000);
  calibration.set_points(5000);
  calibration.set_source(v1::Calibration::QUERIES);
  v1::Calibration::Table& table = *calibration.add_tables();
  table.set_share(1);
  table.set_limit(10);
  AddPlan(0.5F, 10, &table)->mutable_shortlist()->set_size(11);  // not worth showing
  v1::Calibration::Plan* const plan = AddPlan(0.93F, 20, &table);
  plan->mutable_shortlist()->set_size(40);
  plan->mutable_shortlist()->set_nprobe(8);
  plan->set_margin(0.0625F);
  plan->mutable_stage()->set_dims(512);
  plan->mutable_stage()->set_keep(30);
  AddPlan(0.97F, 30, &table)->mutable_shortlist()->set_size(80);
  AddPlan(0.985F, 900, &table)->set_exact(true);
  v1::Calibration::Table& filtered = *calibration.add_tables();
  filtered.set_share(0.2F);
  filtered.set_limit(100);
  AddPlan(0.99F, 70, &filtered)->mutable_shortlist()->set_size(300);
  EXPECT_EQ(
      Printed(stats),
      "calibrated 1m30s ago, of 5000 points, by queries\n"
      "points  limit  recall wanted  promised  measured  us   shortlist\n"
      "all     10     0.8 to 0.9     0.9300    0.9310    20   up to 40 of 8 lists, margin 0.0625, "
      "30 by 512 dims\n"
      "all     10     0.95           0.9700    0.9710    30   up to 80\n"
      "all     10     0.98           0.9850    0.9860    900  every point\n"
      "20 %    100    0.8 to 0.99    0.9900    0.9910    70   up to 300\n");
}

TEST(CalibrationTableTest, SaysThatMoreIsToCome) {
  v1::CollectionStats stats;
  stats.mutable_calibration()->mutable_time()->set_seconds(1'700'000'000);
  EXPECT_EQ(Printed(stats).find("not finished"), std::string::npos);
  stats.mutable_calibration()->set_unfinished(true);
  EXPECT_NE(Printed(stats).find("points; not finished yet: other searches go by a careful rule\n"),
            std::string::npos);
}

TEST(CalibrationTableTest, SaysThatItIsVoid) {
  v1::CollectionStats stats;
  stats.mutable_calibration()->mutable_time()->set_seconds(1'700'000'000);
  EXPECT_EQ(Printed(stats).find("VOID"), std::string::npos);
  stats.mutable_calibration()->set_revoked(true);
  EXPECT_NE(Printed(stats).find("VOID: searches found less than this promises"), std::string::npos);
}

std::string PrintedAudit(const v1::RecallAudit& audit) {
  std::ostringstream out;
  PrintAudit(audit, out);
  return out.str();
}

TEST(PrintAuditTest, SaysWhatSearchesFound) {
  v1::RecallAudit audit;
  EXPECT_EQ(PrintedAudit(audit), "audit: no search was done again yet\n");
  audit.set_searches(40);
  audit.set_recall(0.9F);
  audit.set_low(0.8F);
  audit.set_high(0.95F);
  audit.set_recall_target(0.97F);
  EXPECT_EQ(PrintedAudit(audit),
            "audit: 40 searches found 0.9000 (with 95 % confidence 0.8000 to 0.9500), 0.9700 was "
            "asked for\n");
  audit.clear_searches();
  audit.set_alarms(2);
  audit.mutable_last_alarm()->set_seconds(1'700'000'000);
  EXPECT_EQ(PrintedAudit(audit),
            "audit: no search was done again yet; 2 alarms, the last one at "
            "2023-11-14T22:13:20Z\n");
}

TEST(CalibrationTableTest, SaysThatThereIsNone) {
  EXPECT_EQ(Printed(v1::CollectionStats()),
            "not calibrated: adaptive searches go by a careful rule and say no recall\n");
}

}  // namespace
}  // namespace nestor::cli
