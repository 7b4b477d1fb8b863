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
  table.set_limit(10);
  AddPlan(0.5F, 10, &table)->mutable_shortlist()->set_size(11);  // not worth showing
  v1::Calibration::Plan* const plan = AddPlan(0.93F, 20, &table);
  plan->mutable_shortlist()->set_size(40);
  plan->mutable_shortlist()->set_nprobe(8);
  plan->set_margin(0.0625F);
  AddPlan(0.97F, 30, &table)->mutable_shortlist()->set_size(80);
  AddPlan(0.985F, 900, &table)->set_exact(true);
  EXPECT_EQ(Printed(stats),
            "calibrated 1m30s ago, of 5000 points, by queries\n"
            "limit  recall wanted  promised  measured  us   shortlist\n"
            "10     0.8            0.9300    0.9310    20   up to 40 of 8 lists, margin 0.0625\n"
            "10     0.9            0.9300    0.9310    20   up to 40 of 8 lists, margin 0.0625\n"
            "10     0.95           0.9700    0.9710    30   up to 80\n"
            "10     0.98           0.9850    0.9860    900  every point\n");
}

TEST(CalibrationTableTest, SaysThatThereIsNone) {
  EXPECT_EQ(Printed(v1::CollectionStats()),
            "not calibrated: adaptive searches go by a careful rule and say no recall\n");
}

}  // namespace
}  // namespace nestor::cli
