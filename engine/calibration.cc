#include "engine/calibration.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <utility>

#include "engine/limits.h"

namespace nestor {
namespace {

// The plan of `table` for the best `top`, with a margin below the `margin_top`-th.
std::optional<CalibratedPlan> PlanOf(const CalibrationTable& table, size_t top, size_t margin_top,
                                     const RecallWanted& wanted) {
  const CalibratedPlan* const plan = CheapestPlan(table, top, wanted);
  if (plan == nullptr) return std::nullopt;
  CalibratedPlan chosen = *plan;
  if (chosen.effort.margin.top > 0) chosen.effort.margin.top = margin_top;
  chosen.effort.size = std::max(chosen.effort.size, top);
  chosen.effort.ef = std::max(chosen.effort.ef, top);
  if (chosen.stage.keep > 0) {
    chosen.stage.keep = std::max(chosen.stage.keep, static_cast<uint32_t>(top));
  }
  return chosen;
}

uint32_t MostAtFullLength(const CalibratedPlan& plan) {
  return plan.stage.keep > 0 ? plan.stage.keep : static_cast<uint32_t>(plan.effort.size);
}

// As much of everything as both plans have.
CalibratedPlan MoreCareful(const CalibratedPlan& a, const CalibratedPlan& b) {
  if (a.exact || b.exact) return a.exact ? a : b;
  CalibratedPlan plan = a;
  plan.effort.size = std::max(a.effort.size, b.effort.size);
  plan.effort.ef = std::max(a.effort.ef, b.effort.ef);
  plan.effort.nprobe = std::max(a.effort.nprobe, b.effort.nprobe);
  plan.effort.margin = {std::max(a.effort.margin.top, b.effort.margin.top),
                        std::max(a.effort.margin.width, b.effort.margin.width)};
  if (a.effort.margin.top == 0 || b.effort.margin.top == 0) plan.effort.margin = {};
  plan.stage = {std::max(a.stage.dims, b.stage.dims),
                std::max(MostAtFullLength(a), MostAtFullLength(b))};
  if (a.stage.keep == 0 && b.stage.keep == 0) plan.stage = {};
  plan.recall = std::min(a.recall, b.recall);
  plan.promised = std::min(a.promised, b.promised);
  plan.cost = std::max(a.cost, b.cost);
  return plan;
}

// By the tables of one share. None beyond the last of them.
std::optional<CalibratedPlan> ChooseByTop(absl::Span<const CalibrationTable> tables, size_t top,
                                          const RecallWanted& wanted) {
  const auto above = std::find_if(tables.begin(), tables.end(),
                                  [&](const CalibrationTable& table) { return table.top >= top; });
  if (above == tables.end()) return std::nullopt;
  // Of fewer hits than any table has, what is found of those of the first one is at least as much.
  if (above == tables.begin() || wanted.probability > 0) {
    return PlanOf(*above, top, above->top, wanted);
  }
  std::optional<CalibratedPlan> plan = PlanOf(*above, top, top, wanted);
  if (!plan || above->top == top) return plan;
  const std::optional<CalibratedPlan> below = PlanOf(*std::prev(above), top, top, wanted);
  if (!below) return std::nullopt;
  return MoreCareful(*plan, *below);
}

std::vector<uint32_t> CountByHits(absl::Span<const uint32_t> hits, uint32_t top) {
  std::vector<uint32_t> counts(top + 1);
  for (const uint32_t count : hits) ++counts[std::min(count, top)];
  return counts;
}

// Queries that missed more hits than a recall of `top` of them allows.
int64_t Misses(absl::Span<const uint32_t> queries_by_hits, size_t top, double recall) {
  const double allowed = (1 - recall) * static_cast<double>(top) + 1e-6;  // .9 of 10: one
  const size_t all = queries_by_hits.size() - 1;
  int64_t misses = 0;
  for (size_t hits = 0; hits < all; ++hits) {
    if (std::floor(allowed) < static_cast<double>(all - hits)) misses += queries_by_hits[hits];
  }
  return misses;
}

// However often searches find too little, two thirds of the time are for others.
constexpr int kLeastPause = 2;  // in what calibrating takes
// Effort that was measured in more segments finds nearly as much in fewer.
constexpr int kSettledPause = 10;

bool IsShare(double value) { return value >= 0 && value <= 1; }

}  // namespace

double MeasuredEffort::Recall(uint32_t top) const {
  double sum = 0;
  for (const uint32_t count : hits) sum += count;
  return hits.empty() ? 0 : sum / (static_cast<double>(hits.size()) * top);
}

double MeasuredEffort::StandardError(uint32_t top) const {
  if (hits.size() < 2) return 0;
  const double mean = Recall(top);
  double squares = 0;
  for (const uint32_t count : hits) squares += std::pow(count / static_cast<double>(top) - mean, 2);
  const auto n = static_cast<double>(hits.size());
  return std::sqrt(squares / (n * (n - 1)));
}

double PromisedRecall(double recall, size_t queries) {
  const auto n = static_cast<double>(queries);
  return 1 - (n * (1 - recall) + 1) / (n + 1);
}

CalibrationTable MakeTable(uint32_t top, absl::Span<const MeasuredEffort> efforts,
                           absl::Duration exact_cost, double share) {
  CalibrationTable table{.share = share, .top = top};
  if (!efforts.empty()) table.queries = static_cast<uint32_t>(efforts[0].hits.size());
  std::vector<CalibratedPlan>& plans = table.plans;
  plans.push_back({.exact = true, .recall = 1, .promised = 1, .cost = exact_cost});
  table.queries_by_hits.emplace_back();
  MeasuredEffort least;  // that an effort from here on found
  for (auto effort = efforts.rbegin(); effort != efforts.rend(); ++effort) {
    if (least.hits.empty()) least.hits = effort->hits;
    for (size_t i = 0; i < least.hits.size(); ++i) {
      least.hits[i] = std::min(least.hits[i], effort->hits[i]);
    }
    if (effort->cost >= plans.back().cost && exact_cost > absl::ZeroDuration()) continue;
    plans.push_back({.exact = false,
                     .effort = effort->effort,
                     .stage = effort->stage,
                     .recall = effort->Recall(top),
                     .promised = std::max(0.0, PromisedRecall(least.Recall(top), table.queries) -
                                                   least.StandardError(top)),
                     .cost = effort->cost});
    table.queries_by_hits.push_back(CountByHits(least.hits, top));
  }
  std::reverse(plans.begin(), plans.end());
  std::reverse(table.queries_by_hits.begin(), table.queries_by_hits.end());
  return table;
}

int MostMisses(size_t queries, double probability) {
  constexpr double kDoubt = 0.05;
  const double miss = 1 - probability;
  // Of the binomial distribution of misses, if just too many queries miss it.
  double log_term = static_cast<double>(queries) * std::log(probability);
  double sum = 0;
  for (size_t misses = 0; misses < queries; ++misses) {
    sum += std::exp(log_term);
    if (sum > kDoubt) return static_cast<int>(misses) - 1;
    log_term += std::log(static_cast<double>(queries - misses) / static_cast<double>(misses + 1) *
                         miss / probability);
  }
  return static_cast<int>(queries) - 1;
}

const CalibratedPlan* CheapestPlan(const CalibrationTable& table, size_t top,
                                   const RecallWanted& wanted) {
  const bool of_each = wanted.probability > 0;
  const int most = of_each ? MostMisses(table.queries, wanted.probability) : 0;
  for (size_t i = 0; i < table.plans.size(); ++i) {
    const CalibratedPlan& plan = table.plans[i];
    if (plan.exact) return &plan;
    const bool keeps = of_each ? i < table.queries_by_hits.size() &&
                                     !table.queries_by_hits[i].empty() &&
                                     Misses(table.queries_by_hits[i], top, wanted.recall) <= most
                               : plan.promised >= wanted.recall;
    if (keeps) return &plan;
  }
  return nullptr;
}

std::optional<CalibratedPlan> ChoosePlan(const Calibration& calibration, const SearchKind& kind,
                                         const RecallWanted& wanted) {
  std::optional<CalibratedPlan> plan;
  const absl::Span<const CalibrationTable> tables = calibration.tables;
  for (size_t first = 0, last = 0; first < tables.size(); first = last) {
    const double share = tables[first].share;
    while (last < tables.size() && tables[last].share == share) ++last;
    const bool is_last_above = last == tables.size() || tables[last].share < kind.share;
    if (share > kind.share && !is_last_above) continue;
    const std::optional<CalibratedPlan> by_share =
        ChooseByTop(tables.subspan(first, last - first), kind.top, wanted);
    if (!by_share) return std::nullopt;
    plan = plan ? MoreCareful(*plan, *by_share) : *by_share;
    if (share <= kind.share) return plan;
  }
  return std::nullopt;  // of fewer points than was measured
}

std::vector<double> PromisesDescending(const Calibration& calibration) {
  std::vector<double> promises;
  for (const CalibrationTable& table : calibration.tables) {
    for (const CalibratedPlan& plan : table.plans) promises.push_back(plan.promised);
  }
  std::sort(promises.begin(), promises.end(), std::greater<>());
  promises.erase(std::unique(promises.begin(), promises.end()), promises.end());
  return promises;
}

bool CalibrationIsDue(const CalibrationNeed& need) {
  if (need.points < kLeastCalibrated || !need.indexed) return false;
  if (need.current == nullptr || need.current->format != need.format) return need.quiet;
  if (need.queries && !need.current->by_queries) return true;
  const bool falls_short = need.alarmed || need.current->unfinished;
  if (falls_short && need.since >= kLeastPause * need.took) return true;
  const bool settled = need.quiet && need.segments < need.current->segments;
  if (settled && need.since >= kSettledPause * need.took) return true;
  const uint64_t then = need.current->points;
  const uint64_t written = need.next_row - std::min(need.current->next_row, need.next_row);
  return written >= 2 * then || (need.quiet && (2 * written >= then || 2 * need.points <= then));
}

storage::CalibrationRecord ToRecord(const Calibration& calibration) {
  storage::CalibrationRecord record;
  record.set_time_us(absl::ToUnixMicros(calibration.time));
  record.set_points(calibration.points);
  record.set_segments(calibration.segments);
  record.set_next_row(calibration.next_row);
  record.set_by_queries(calibration.by_queries);
  record.set_prefix_dims(calibration.format.dims);
  record.set_prefix_bits(calibration.format.bits);
  record.set_prefix_learnt(calibration.format.learnt);
  record.set_unfinished(calibration.unfinished);
  for (const CalibrationTable& table : calibration.tables) {
    storage::CalibrationRecord::Table* const to = record.add_tables();
    to->set_share(table.share);
    to->set_top(table.top);
    to->set_queries(table.queries);
    for (size_t i = 0; i < table.plans.size(); ++i) {
      const CalibratedPlan& plan = table.plans[i];
      storage::CalibrationRecord::Plan* const wire = to->add_plans();
      wire->set_exact(plan.exact);
      wire->set_size(static_cast<uint32_t>(plan.effort.size));
      wire->set_ef(static_cast<uint32_t>(plan.effort.ef));
      wire->set_nprobe(static_cast<uint32_t>(plan.effort.nprobe));
      if (plan.effort.margin.top > 0) wire->set_margin(plan.effort.margin.width);
      wire->set_stage_dims(plan.stage.dims);
      wire->set_stage_keep(plan.stage.keep);
      wire->set_recall(plan.recall);
      wire->set_promised(plan.promised);
      wire->set_cost_us(absl::ToDoubleMicroseconds(plan.cost));
      if (i >= table.queries_by_hits.size()) continue;
      wire->mutable_queries_by_hits()->Add(table.queries_by_hits[i].begin(),
                                           table.queries_by_hits[i].end());
    }
  }
  return record;
}

std::optional<Calibration> FromRecord(const storage::CalibrationRecord& record, Metric metric) {
  if (record.tables().empty()) return std::nullopt;
  Calibration calibration{
      .time = absl::FromUnixMicros(record.time_us()),
      .points = record.points(),
      .segments = record.segments(),
      .next_row = record.next_row(),
      .by_queries = record.by_queries(),
      .format = {metric, record.prefix_dims(), record.prefix_bits(), record.prefix_learnt()},
      .unfinished = record.unfinished(),
      .tables = {}};
  for (const storage::CalibrationRecord::Table& from : record.tables()) {
    CalibrationTable& table = calibration.tables.emplace_back();
    table.share = from.share();
    table.top = from.top();
    if (!IsShare(table.share)) return std::nullopt;
    table.queries = from.queries();
    for (const storage::CalibrationRecord::Plan& wire : from.plans()) {
      CalibratedPlan& plan = table.plans.emplace_back();
      plan.exact = wire.exact();
      plan.effort = {.size = wire.size(), .ef = wire.ef(), .nprobe = wire.nprobe()};
      if (wire.has_margin()) plan.effort.margin = {table.top, wire.margin()};
      plan.stage = {.dims = wire.stage_dims(), .keep = wire.stage_keep()};
      plan.recall = wire.recall();
      plan.promised = wire.promised();
      plan.cost = absl::Microseconds(wire.cost_us());
      table.queries_by_hits.emplace_back(wire.queries_by_hits().begin(),
                                         wire.queries_by_hits().end());
      const bool sound = wire.size() <= kMaxShortlist && wire.ef() <= kMaxShortlist &&
                         wire.nprobe() <= kMaxIvfLists && wire.margin() >= 0 &&
                         (wire.stage_dims() > 0) == (wire.stage_keep() > 0) &&
                         wire.stage_dims() <= kMaxDims && wire.stage_keep() <= kMaxShortlist &&
                         IsShare(wire.recall()) && wire.promised() <= 1 && wire.cost_us() >= 0;
      if (!sound) return std::nullopt;
    }
  }
  return calibration;
}

}  // namespace nestor
