#include "engine/calibrator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/limits.h"
#include "engine/search.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

// As good as all: what a few hundred queries cannot tell from it.
constexpr double kAll = 0.9995;
// A plan has so many times the misses of the next one; with so many, there is one between.
constexpr double kFewerMisses = 1.1;
constexpr double kFarApart = 1.3;
constexpr size_t kMostPlans = 64;  // of a table

// Searches for some queries among a share of the points as `search` does it, and knows what they
// should find.
class Trials {
 public:
  Trials(double share, absl::Span<const SampledQuery> queries, CalibrationSearch search,
         StopCheck stop)
      : share_(share), queries_(queries), search_(search), stop_(stop), rank_(queries.size()) {}

  size_t size() const { return queries_.size(); }
  // Mean distance of the last true neighbours.
  double distance() const { return distance_; }

  // The true `top` neighbours of all queries.
  absl::Status FindTruth(uint32_t top) {
    std::vector<SearchRequest> requests(kMostTogether);
    std::vector<SearchResult> results(kMostTogether);
    for (size_t first = 0; first < queries_.size(); first += kMostTogether) {
      const size_t count = std::min(kMostTogether, queries_.size() - first);
      std::vector<SearchTask> tasks;
      for (size_t i = 0; i < count; ++i) {
        queries_[first + i].SetTarget(&requests[i]);
        requests[i].limit = top;
        requests[i].plan = ExactRequest{};
        tasks.push_back({&requests[i], stop_, &results[i], absl::OkStatus()});
      }
      search_(share_, absl::MakeSpan(tasks));
      for (size_t i = 0; i < count; ++i) {
        NESTOR_RETURN_IF_ERROR(tasks[i].status);
        const std::vector<Hit>& hits = results[i].hits;
        for (uint32_t rank = 0; rank < hits.size(); ++rank) rank_[first + i][hits[rank].id] = rank;
        if (!hits.empty()) distance_ += hits.back().distance / static_cast<double>(queries_.size());
      }
    }
    return absl::OkStatus();
  }

  // What queries [first, last) find by `plan`, one after the other.
  absl::StatusOr<MeasuredEffort> Try(const PlanRequest& plan, uint32_t top, size_t first,
                                     size_t last) {
    MeasuredEffort found;
    if (const auto* request = std::get_if<EffortRequest>(&plan)) {
      found.effort = request->effort;
      found.stage = request->stage;
    }
    SearchRequest request;
    request.limit = top;
    request.plan = plan;
    for (size_t i = first; i < last; ++i) {
      queries_[i].SetTarget(&request);
      SearchTask task{&request, stop_, &result_, absl::OkStatus()};
      search_(share_, absl::MakeSpan(&task, 1));
      NESTOR_RETURN_IF_ERROR(task.status);
      uint32_t hits = 0;
      for (const Hit& hit : result_.hits) {
        const auto rank = rank_[i].find(hit.id);
        hits += rank != rank_[i].end() && rank->second < top ? 1 : 0;
      }
      found.hits.push_back(hits);
      found.cost += result_.StagesTime();
    }
    if (last > first) found.cost /= static_cast<int64_t>(last - first);
    return found;
  }

  // What an exact search takes.
  absl::StatusOr<absl::Duration> ExactCost(uint32_t top) {
    constexpr size_t kExactSearches = 8;
    NESTOR_ASSIGN_OR_RETURN(
        const MeasuredEffort exact,
        Try(ExactRequest{}, top, 0, std::min(kExactSearches, kScheduleQueries)));
    return exact.cost;
  }

 private:
  const double share_;
  const absl::Span<const SampledQuery> queries_;
  const CalibrationSearch search_;
  const StopCheck stop_;
  std::vector<absl::flat_hash_map<PointId, uint32_t>> rank_;  // of the true neighbours of a query
  double distance_ = 0;
  SearchResult result_;
};

// An effort and what it did for the queries of the schedule.
struct Tried {
  EffortRequest effort;
  double recall = 0;
  absl::Duration cost;
};

// Those that find noticeably more than every cheaper one, by cost.
std::vector<Tried> Frontier(std::vector<Tried> tried) {
  std::stable_sort(tried.begin(), tried.end(), [](const Tried& a, const Tried& b) {
    return a.cost != b.cost ? a.cost < b.cost : a.recall < b.recall;
  });
  double misses = std::numeric_limits<double>::infinity();
  std::erase_if(tried, [&](const Tried& one) {
    if ((1 - one.recall) * kFewerMisses > misses || misses == 0) return true;
    misses = 1 - one.recall;
    return false;
  });
  return tried;
}

size_t Middle(size_t a, size_t b) {
  return static_cast<size_t>(
      std::lround(std::sqrt(static_cast<double>(a) * static_cast<double>(b))));
}

ShortlistEffort Between(const ShortlistEffort& a, const ShortlistEffort& b) {
  ShortlistEffort middle = a;
  middle.size = Middle(a.size, b.size);
  middle.ef = Middle(a.ef, b.ef);
  middle.nprobe = Middle(a.nprobe, b.nprobe);
  middle.margin.width = std::sqrt(a.margin.width * b.margin.width);
  if (a.margin.top == 0 || b.margin.top == 0) middle.margin = {};
  return middle;
}

EffortRequest Between(const EffortRequest& a, const EffortRequest& b) {
  EffortRequest middle = {Between(a.effort, b.effort), a.stage};
  middle.stage.keep = static_cast<uint32_t>(Middle(a.stage.keep, b.stage.keep));
  if (middle.stage.keep == 0) middle.stage = {};
  return middle;
}

// With plans between those that are far apart, as the frontier has few.
std::vector<EffortRequest> Family(const std::vector<Tried>& frontier) {
  std::vector<EffortRequest> family;
  for (size_t i = 0; i < frontier.size() && family.size() < kMostPlans; ++i) {
    family.push_back(frontier[i].effort);
    if (i + 1 == frontier.size()) break;
    const Tried& next = frontier[i + 1];
    if (1 - frontier[i].recall > kFarApart * (1 - next.recall)) {
      family.push_back(Between(frontier[i].effort, next.effort));
    }
  }
  return family;
}

// Scoring every row is simpler than what costs nearly as much.
bool TooDear(absl::Duration cost, absl::Duration exact_cost) {
  return exact_cost > absl::ZeroDuration() && cost > exact_cost / 2;
}

// Finds out which efforts are worth it for the best `top`.
class Schedule {
 public:
  Schedule(const ResolvedSpec& spec, size_t rows, uint32_t top, double width_unit,
           absl::Duration exact_cost, Trials* trials)
      : spec_(spec),
        rows_(rows),
        top_(top),
        width_unit_(width_unit),
        exact_cost_(exact_cost),
        trials_(*trials) {}

  absl::StatusOr<std::vector<EffortRequest>> Find() {
    const size_t lists = spec_.index_kind == IndexKind::kIvf ? Lists() : 1;
    for (size_t nprobe = 1;; nprobe = std::min(2 * nprobe, lists)) {
      double most = 0;
      double narrowest = width_unit_ / 256;
      bool too_dear = false;
      for (size_t size = FirstSize(); size <= LastSize() && !too_dear; size *= 2) {
        NESTOR_ASSIGN_OR_RETURN(const Tried all, TryMargins({size, size, nprobe}, &narrowest));
        const bool no_more = all.recall <= most;  // lists, not the shortlist, are what limits it
        most = std::max(most, all.recall);
        too_dear = size == FirstSize() && TooDear(all.cost, exact_cost_);
        if (most >= kAll || (lists > 1 && no_more)) break;
      }
      if (nprobe == lists || most >= kAll || too_dear) break;
    }
    NESTOR_RETURN_IF_ERROR(TryStages());
    return Family(Frontier(std::move(tried_)));
  }

 private:
  // A row of fewer dims is read in one go.
  static constexpr uint32_t kLeastStagedDims = 1024;

  size_t Lists() const {
    return spec_.ivf_lists != 0 ? spec_.ivf_lists
                                : static_cast<size_t>(4 * std::sqrt(static_cast<double>(rows_)));
  }
  size_t FirstSize() const {
    return spec_.index_kind == IndexKind::kHnsw ? 2 * size_t{top_} + 10 : 16 * size_t{top_} + 100;
  }
  size_t LastSize() const { return std::min<size_t>(kMaxShortlist, rows_ / 2); }

  absl::StatusOr<Tried> TryOne(const ShortlistEffort& effort, const Stage& stage = {}) {
    const EffortRequest request = {effort, stage};
    NESTOR_ASSIGN_OR_RETURN(const MeasuredEffort found,
                            trials_.Try(request, top_, 0, kScheduleQueries));
    Tried tried{request, found.Recall(top_), found.cost};
    if (!TooDear(tried.cost, exact_cost_)) tried_.push_back(tried);
    return tried;
  }

  // This effort with all its rows in reach, and with margins, from *narrowest on. That becomes the
  // first that is worth trying with more rows: with narrower ones there were no more in reach.
  absl::StatusOr<Tried> TryMargins(ShortlistEffort effort, double* narrowest) {
    NESTOR_ASSIGN_OR_RETURN(Tried all, TryOne(effort));
    effort.margin.top = top_;
    double limited = *narrowest;
    for (double width = *narrowest; width <= width_unit_ * 4; width *= std::sqrt(2.0)) {
      effort.margin.width = static_cast<float>(width);
      NESTOR_ASSIGN_OR_RETURN(const Tried tried, TryOne(effort));
      if (1 - tried.recall > 1.5 * (1 - all.recall)) limited = width;
      // Wider ones find as much as no margin does, for no less.
      if (tried.recall >= all.recall || TooDear(tried.cost, exact_cost_)) break;
    }
    *narrowest = limited;
    return all;
  }

  // What is worth it, with a stage over a quarter of the dims that keeps few or more rows.
  absl::Status TryStages() {
    if (spec_.dims < kLeastStagedDims) return absl::OkStatus();
    for (const Tried& whole : Frontier(tried_)) {
      const ShortlistEffort& effort = whole.effort.effort;
      for (uint32_t keep = 2 * top_ + 10; 2 * keep <= effort.size; keep *= 2) {
        NESTOR_ASSIGN_OR_RETURN(const Tried staged, TryOne(effort, {spec_.dims / 4, keep}));
        // With more rows it would find no more, and take longer.
        if (staged.recall >= whole.recall || TooDear(staged.cost, exact_cost_)) break;
      }
    }
    return absl::OkStatus();
  }

  const ResolvedSpec& spec_;
  const size_t rows_;
  const uint32_t top_;
  const double width_unit_;
  const absl::Duration exact_cost_;
  Trials& trials_;
  std::vector<Tried> tried_;
};

// In which widths of margins are counted.
double WidthUnit(Metric metric, absl::Span<const SampledQuery> queries, double distance) {
  if (metric == Metric::kCosine) return 1;
  if (metric == Metric::kL2) return distance;
  double norms = 0;
  for (const SampledQuery& query : queries) norms += query.norm;
  return norms / static_cast<double>(queries.size());
}

// The best numbers of hits that are small beside `rows`, from `first` of kCalibratedTops on.
std::vector<uint32_t> TopsBeside(double rows, size_t first) {
  std::vector<uint32_t> tops;
  for (const uint32_t top : absl::MakeConstSpan(kCalibratedTops).subspan(first)) {
    if (top * 20 <= rows) tops.push_back(top);
  }
  return tops;
}

// The table for efforts that rise, by the queries that had no say in which they are.
absl::StatusOr<CalibrationTable> MeasureTable(double share, uint32_t top,
                                              absl::Span<const EffortRequest> efforts,
                                              absl::Duration exact_cost, Trials* trials) {
  std::vector<MeasuredEffort> measured;
  for (const EffortRequest& effort : efforts) {
    NESTOR_ASSIGN_OR_RETURN(MeasuredEffort held_out,
                            trials->Try(effort, top, kScheduleQueries, trials->size()));
    measured.push_back(std::move(held_out));
  }
  return MakeTable(top, measured, exact_cost, share);
}

// Those of `efforts` that are worth it among a share of the points, where they may not rise: a
// margin may leave out what lies elsewhere, which no shortlist without one does.
absl::StatusOr<std::vector<EffortRequest>> WorthIt(absl::Span<const EffortRequest> efforts,
                                                   uint32_t top, absl::Duration exact_cost,
                                                   Trials* trials) {
  constexpr size_t kFewQueries = kScheduleQueries / 4;
  std::vector<EffortRequest> worth;
  double most = 0;
  for (const EffortRequest& effort : efforts) {
    NESTOR_ASSIGN_OR_RETURN(const MeasuredEffort tried, trials->Try(effort, top, 0, kFewQueries));
    if (TooDear(tried.cost, exact_cost)) break;
    if (tried.Recall(top) < most) continue;
    most = tried.Recall(top);
    worth.push_back(effort);
  }
  return worth;
}

std::vector<EffortRequest> EffortsOf(const CalibrationTable& table) {
  std::vector<EffortRequest> efforts;
  for (const CalibratedPlan& plan : table.plans) {
    if (!plan.exact) efforts.push_back({plan.effort, plan.stage});
  }
  return efforts;
}

}  // namespace

absl::StatusOr<std::vector<CalibrationTable>> MeasurePlans(const ResolvedSpec& spec, size_t rows,
                                                           absl::Span<const SampledQuery> queries,
                                                           CalibrationSearch search, StopCheck stop,
                                                           MeasuredTables measured) {
  std::vector<CalibrationTable> tables;
  const std::vector<uint32_t> tops = TopsBeside(static_cast<double>(rows), 0);
  if (tops.empty() || queries.size() <= kScheduleQueries) return tables;
  Trials trials(1, queries, search, stop);
  NESTOR_RETURN_IF_ERROR(trials.FindTruth(tops.back()));
  const double unit = WidthUnit(spec.metric, queries, trials.distance());
  absl::flat_hash_map<uint32_t, std::vector<EffortRequest>> efforts;  // by top
  for (const uint32_t top : tops) {
    NESTOR_ASSIGN_OR_RETURN(const absl::Duration exact_cost, trials.ExactCost(top));
    Schedule schedule(spec, rows, top, unit, exact_cost, &trials);
    NESTOR_ASSIGN_OR_RETURN(const std::vector<EffortRequest> family, schedule.Find());
    NESTOR_ASSIGN_OR_RETURN(CalibrationTable table,
                            MeasureTable(1, top, family, exact_cost, &trials));
    efforts[top] = EffortsOf(table);
    tables.push_back(std::move(table));
    measured(tables);
  }
  // What a margin leaves out, it leaves out by how far it is off, whatever else a filter leaves
  // out: the same efforts, which are worth it less and less.
  for (const double share : kCalibratedShares) {
    const std::vector<uint32_t> few = TopsBeside(share * static_cast<double>(rows), 1);
    if (few.empty()) break;
    Trials filtered(share, queries, search, stop);
    NESTOR_RETURN_IF_ERROR(filtered.FindTruth(few.back()));
    for (const uint32_t top : few) {
      NESTOR_ASSIGN_OR_RETURN(const absl::Duration exact_cost, filtered.ExactCost(top));
      NESTOR_ASSIGN_OR_RETURN(const std::vector<EffortRequest> worth,
                              WorthIt(efforts[top], top, exact_cost, &filtered));
      NESTOR_ASSIGN_OR_RETURN(CalibrationTable table,
                              MeasureTable(share, top, worth, exact_cost, &filtered));
      tables.push_back(std::move(table));
      measured(tables);
    }
  }
  return tables;
}

}  // namespace nestor
