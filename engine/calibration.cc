#include "engine/calibration.h"

#include <algorithm>
#include <utility>

#include "engine/limits.h"

namespace nestor {
namespace {

// The plan of `table` for the best `top`.
std::optional<CalibratedPlan> PlanOf(const CalibrationTable& table, size_t top,
                                     double recall_target) {
  const CalibratedPlan* const plan = CheapestPlan(table, recall_target);
  if (plan == nullptr) return std::nullopt;
  CalibratedPlan chosen = *plan;
  if (chosen.effort.margin.top > 0) chosen.effort.margin.top = top;
  chosen.effort.size = std::max(chosen.effort.size, top);
  chosen.effort.ef = std::max(chosen.effort.ef, top);
  return chosen;
}

// As much of everything as both plans have.
CalibratedPlan MoreCareful(const CalibratedPlan& a, const CalibratedPlan& b) {
  if (a.exact || b.exact) return a.exact ? a : b;
  CalibratedPlan plan = a;
  plan.effort.size = std::max(a.effort.size, b.effort.size);
  plan.effort.ef = std::max(a.effort.ef, b.effort.ef);
  plan.effort.nprobe = std::max(a.effort.nprobe, b.effort.nprobe);
  plan.effort.margin.width = std::max(a.effort.margin.width, b.effort.margin.width);
  if (a.effort.margin.top == 0 || b.effort.margin.top == 0) plan.effort.margin = {};
  plan.recall = std::min(a.recall, b.recall);
  plan.promised = std::min(a.promised, b.promised);
  plan.cost = std::max(a.cost, b.cost);
  return plan;
}

bool IsShare(double value) { return value >= 0 && value <= 1; }

}  // namespace

double MeasuredEffort::Recall(uint32_t top) const {
  double sum = 0;
  for (const uint32_t count : hits) sum += count;
  return hits.empty() ? 0 : sum / (static_cast<double>(hits.size()) * top);
}

double PromisedRecall(double recall, size_t queries) {
  const auto n = static_cast<double>(queries);
  return 1 - (n * (1 - recall) + 1) / (n + 1);
}

CalibrationTable MakeTable(uint32_t top, absl::Span<const MeasuredEffort> efforts,
                           absl::Duration exact_cost) {
  CalibrationTable table{.top = top, .queries = 0, .plans = {}};
  if (!efforts.empty()) table.queries = static_cast<uint32_t>(efforts[0].hits.size());
  std::vector<CalibratedPlan>& plans = table.plans;
  plans.push_back({.exact = true, .recall = 1, .promised = 1, .cost = exact_cost});
  MeasuredEffort least;  // that an effort from here on found
  for (auto effort = efforts.rbegin(); effort != efforts.rend(); ++effort) {
    if (least.hits.empty()) least.hits = effort->hits;
    for (size_t i = 0; i < least.hits.size(); ++i) {
      least.hits[i] = std::min(least.hits[i], effort->hits[i]);
    }
    if (effort->cost >= plans.back().cost && exact_cost > absl::ZeroDuration()) continue;
    plans.push_back({.exact = false,
                     .effort = effort->effort,
                     .recall = effort->Recall(top),
                     .promised = PromisedRecall(least.Recall(top), table.queries),
                     .cost = effort->cost});
  }
  std::reverse(plans.begin(), plans.end());
  return table;
}

const CalibratedPlan* CheapestPlan(const CalibrationTable& table, double recall_target) {
  const auto plan = std::find_if(
      table.plans.begin(), table.plans.end(),
      [&](const CalibratedPlan& candidate) { return candidate.promised >= recall_target; });
  return plan == table.plans.end() ? nullptr : &*plan;
}

std::optional<CalibratedPlan> ChoosePlan(const Calibration& calibration, size_t top,
                                         double recall_target) {
  const auto above = std::find_if(calibration.tables.begin(), calibration.tables.end(),
                                  [&](const CalibrationTable& table) { return table.top >= top; });
  if (above == calibration.tables.end()) return std::nullopt;
  std::optional<CalibratedPlan> plan = PlanOf(*above, top, recall_target);
  if (!plan || above->top == top || above == calibration.tables.begin()) return plan;
  const std::optional<CalibratedPlan> below = PlanOf(*std::prev(above), top, recall_target);
  if (!below) return std::nullopt;
  return MoreCareful(*plan, *below);
}

bool CalibrationIsDue(const CalibrationNeed& need) {
  if (need.points < kLeastCalibrated || !need.indexed) return false;
  if (need.current == nullptr || need.current->format != need.format) return need.quiet;
  const auto now = static_cast<double>(need.points);
  const auto then = static_cast<double>(need.current->points);
  if (now >= 3 * then || (need.queries && !need.current->by_queries)) return true;
  return need.quiet && (now >= 1.5 * then || now <= 0.5 * then);
}

storage::CalibrationRecord ToRecord(const Calibration& calibration) {
  storage::CalibrationRecord record;
  record.set_time_us(absl::ToUnixMicros(calibration.time));
  record.set_points(calibration.points);
  record.set_by_queries(calibration.by_queries);
  record.set_prefix_dims(calibration.format.dims);
  record.set_prefix_bits(calibration.format.bits);
  for (const CalibrationTable& table : calibration.tables) {
    storage::CalibrationRecord::Table* const to = record.add_tables();
    to->set_top(table.top);
    to->set_queries(table.queries);
    for (const CalibratedPlan& plan : table.plans) {
      storage::CalibrationRecord::Plan* const wire = to->add_plans();
      wire->set_exact(plan.exact);
      wire->set_size(static_cast<uint32_t>(plan.effort.size));
      wire->set_ef(static_cast<uint32_t>(plan.effort.ef));
      wire->set_nprobe(static_cast<uint32_t>(plan.effort.nprobe));
      if (plan.effort.margin.top > 0) wire->set_margin(plan.effort.margin.width);
      wire->set_recall(plan.recall);
      wire->set_promised(plan.promised);
      wire->set_cost_us(absl::ToDoubleMicroseconds(plan.cost));
    }
  }
  return record;
}

std::optional<Calibration> FromRecord(const storage::CalibrationRecord& record, Metric metric) {
  if (record.tables().empty()) return std::nullopt;
  Calibration calibration{.time = absl::FromUnixMicros(record.time_us()),
                          .points = record.points(),
                          .by_queries = record.by_queries(),
                          .format = {metric, record.prefix_dims(), record.prefix_bits()},
                          .tables = {}};
  for (const storage::CalibrationRecord::Table& from : record.tables()) {
    CalibrationTable& table = calibration.tables.emplace_back();
    table.top = from.top();
    table.queries = from.queries();
    for (const storage::CalibrationRecord::Plan& wire : from.plans()) {
      CalibratedPlan& plan = table.plans.emplace_back();
      plan.exact = wire.exact();
      plan.effort = {.size = wire.size(), .ef = wire.ef(), .nprobe = wire.nprobe()};
      if (wire.has_margin()) plan.effort.margin = {table.top, wire.margin()};
      plan.recall = wire.recall();
      plan.promised = wire.promised();
      plan.cost = absl::Microseconds(wire.cost_us());
      const bool sound = wire.size() <= kMaxShortlist && wire.ef() <= kMaxShortlist &&
                         wire.nprobe() <= kMaxIvfLists && wire.margin() >= 0 &&
                         IsShare(wire.recall()) && wire.promised() <= 1 && wire.cost_us() >= 0;
      if (!sound) return std::nullopt;
    }
  }
  return calibration;
}

}  // namespace nestor
