#include "engine/planner.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/kernels/kernel_table.h"
#include "engine/limits.h"

namespace nestor {
namespace {

// The most rows that are read in float32. Their errors say which of them have to be (kLikely), as
// long as these are narrow; the certain ones of distances are not, and would not tell.
size_t ExactRows(size_t top, const ResolvedSpec& spec) {
  if (spec.metric == Metric::kL2) return top + std::max<size_t>(16, top);
  return top + std::max<size_t>(64, 4 * top);
}

// The lists that hold the neighbours of a query grow more slowly than the lists there are: with
// their root. On 5,000 texts, whose neighbours are scattered, 96 of 283 lists hold 0.96 of them;
// this takes 118 for 0.95.
size_t NprobeFor(double recall_target, size_t rows, const ResolvedSpec& spec) {
  const double lists =
      spec.ivf_lists != 0 ? spec.ivf_lists : 4 * std::sqrt(static_cast<double>(rows));
  const double wanted = std::sqrt(lists) * 0.35 / (1 - recall_target);
  return static_cast<size_t>(std::ceil(std::min(lists, std::max(16.0, wanted))));
}

// A shortlist candidate costs about as much as scanning so much of the rerank tier: 1.1 us at 20
// GB/s
// (`nestor-bench engine` on the sample, all 512 dims, 5,000 rows against 150 to 550 candidates).
constexpr double kScanBytesPerCandidate = 16384;
// What a scan of some rows reads at least, of a tier in memory: 5.9 GB/s were measured
// (`nestor-bench filters`, exact, 101,204 of 200,000 rows of 768 dims in 13.2 ms).
constexpr double kScanBytesPerSecond = 4e9;

Plan ExactPlan() {
  Plan plan;
  plan.exact = true;
  return plan;
}

// The fixed rule that stands in for a calibration: the candidates that a prefix needs grow with the
// inverse of the share of neighbours that may be missed. Conservative on purpose. Under a filter an
// index has to look at more rows to find as many that match, by the inverse of the share that does;
// a scan has fewer to look at.
Plan PlanAdaptive(double recall_target, const ResolvedSpec& spec, size_t top, const RowCounts& rows,
                  const TimeLeft& time_left) {
  Plan plan;
  if (recall_target >= 1) {
    plan.exact = true;
    return plan;
  }
  const double per_hit = std::clamp(0.5 / (1 - recall_target), 5.0, 200.0);
  const double size = 50 + static_cast<double>(top) * per_hit;
  const double row_bytes = spec.dims * (spec.rerank_tier == TierKind::kFloat32 ? 4.0 : 1.0);
  const auto live = static_cast<double>(rows.live);
  const auto matching = static_cast<double>(rows.matching);
  if (matching * matching * row_bytes <= size * live * kScanBytesPerCandidate) {
    plan.exact = true;
    return plan;
  }
  plan.shortlist.size = static_cast<size_t>(std::min<double>(size, kMaxShortlist));
  plan.shortlist.ef = plan.shortlist.size;
  plan.shortlist.nprobe = NprobeFor(recall_target, rows.live, spec);
  plan.exact_rows = ExactRows(top, spec);
  const absl::Duration scan = absl::Seconds(matching * row_bytes / kScanBytesPerSecond);
  plan.exact_if_cut_off = rows.matching < rows.live && 2 * scan <= time_left.now;
  return plan;
}

uint32_t WholeBlocks(uint32_t dims, uint32_t full) {
  return std::min<uint32_t>(full, static_cast<uint32_t>(kernels::PaddedDims(dims)));
}

Plan PlanEffort(const EffortRequest& request, const ResolvedSpec& spec, size_t top) {
  Plan plan;
  plan.shortlist = request.effort;
  const uint32_t dims = WholeBlocks(request.stage.dims, spec.dims);
  if (request.stage.keep > 0 && dims < spec.dims) plan.stages.push_back({dims, request.stage.keep});
  plan.exact_rows = ExactRows(top, spec);
  return plan;
}

// A search is meant to be done in time nearly always, and some take longer than the mean.
bool Fits(const CalibratedPlan& plan, absl::Duration time) { return 2 * plan.cost <= time; }

Shortfall ShortfallOf(bool fitted_on_arrival) {
  return fitted_on_arrival ? Shortfall::kLoad : Shortfall::kTime;
}

// What was measured suffices for it: nothing if it says nothing of such searches.
std::optional<Plan> PlanByCalibration(const AdaptiveRequest& request, float target,
                                      const ResolvedSpec& spec, const SearchKind& kind,
                                      const Calibration& calibration, const TimeLeft& time_left) {
  const size_t top = kind.top;
  const std::optional<CalibratedPlan> wanted =
      ChoosePlan(calibration, kind, {target, request.probability});
  if (!wanted) return std::nullopt;
  // What promises less takes less.
  const auto plan_for = [&](double promise) { return ChoosePlan(calibration, kind, {promise, 0}); };
  const std::optional<CalibratedPlan> exact = plan_for(1);
  const auto plan_by = [&](const CalibratedPlan& calibrated) {
    if (calibrated.exact) return ExactPlan();
    Plan plan = PlanEffort({calibrated.effort, calibrated.stage}, spec, top);
    plan.expected_recall = calibrated.recall;
    plan.exact_if_cut_off = kind.share < 1 && exact && Fits(*exact, time_left.now);
    plan.shortfall_if_cut_off = ShortfallOf(exact && Fits(*exact, time_left.on_arrival));
    return plan;
  };
  if (Fits(*wanted, time_left.now)) return plan_by(*wanted);
  const std::vector<double> promises = PromisesDescending(calibration);
  auto promise = std::partition_point(promises.begin(), promises.end(), [&](double more) {
    const std::optional<CalibratedPlan> plan = plan_for(more);
    return !plan || !Fits(*plan, time_left.now);
  });
  if (promise == promises.end()) --promise;
  const std::optional<CalibratedPlan> best = plan_for(*promise);
  if (!best || best->cost >= wanted->cost) return plan_by(*wanted);
  Plan plan = plan_by(*best);
  plan.shortfall = ShortfallOf(Fits(*wanted, time_left.on_arrival));
  return plan;
}

Plan PlanFunnel(const FunnelRequest& request, const ResolvedSpec& spec, size_t top,
                const RowCounts& rows) {
  Plan plan;
  plan.shortlist.size = request.shortlist_size;
  plan.shortlist.ef = std::max(request.ef, request.shortlist_size);
  plan.shortlist.nprobe =
      request.nprobe != 0 ? request.nprobe : NprobeFor(spec.default_recall_target, rows.live, spec);
  for (const Stage& stage : request.stages) {
    const uint32_t dims = WholeBlocks(stage.dims, spec.dims);
    // The full-dimension stage always runs; one that was asked for only narrows what reaches the
    // exact rows.
    if (dims < spec.dims) plan.stages.push_back({dims, stage.keep});
  }
  const bool last_is_full =
      !request.stages.empty() && WholeBlocks(request.stages.back().dims, spec.dims) == spec.dims;
  plan.exact_rows = last_is_full ? request.stages.back().keep : ExactRows(top, spec);
  return plan;
}

void ValidateStages(const std::vector<Stage>& stages, uint32_t shortlist_size,
                    const CollectionSpec& spec, size_t top, Violations* violations) {
  uint32_t dims_before = 0;
  uint32_t keep_before = shortlist_size;
  for (size_t i = 0; i < stages.size(); ++i) {
    const std::string field = absl::StrCat("plan.funnel.stages[", i, "]");
    if (stages[i].dims <= dims_before) {
      violations->Add(absl::StrCat(field, ".dims"),
                      absl::StrCat(stages[i].dims, " does not ascend after ", dims_before));
    } else if (stages[i].dims > spec.dims) {
      violations->Add(absl::StrCat(field, ".dims"),
                      absl::StrCat(stages[i].dims, " exceeds dims ", spec.dims));
    }
    if (stages[i].keep > keep_before) {
      violations->Add(
          absl::StrCat(field, ".keep"),
          absl::StrCat(stages[i].keep, " exceeds the ", keep_before, " candidates that reach it"));
    } else if (stages[i].keep < top) {
      violations->Add(absl::StrCat(field, ".keep"),
                      absl::StrCat(stages[i].keep, " is below limit + offset ", top));
    }
    dims_before = std::max(dims_before, stages[i].dims);
    keep_before = stages[i].keep;
  }
}

void ValidateFunnel(const FunnelRequest& funnel, const CollectionSpec& spec, size_t top,
                    Violations* violations) {
  if (funnel.shortlist_size < top || funnel.shortlist_size > kMaxShortlist) {
    violations->Add("plan.funnel.shortlist.size",
                    absl::StrCat(funnel.shortlist_size, " is not in limit + offset ", top, " to ",
                                 kMaxShortlist));
  }
  if (funnel.ef != 0 && (funnel.ef < funnel.shortlist_size || funnel.ef > kMaxShortlist)) {
    violations->Add("plan.funnel.shortlist.ef",
                    absl::StrCat(funnel.ef, " is not in shortlist.size ", funnel.shortlist_size,
                                 " to ", kMaxShortlist));
  }
  if (funnel.nprobe > kMaxIvfLists) {
    violations->Add("plan.funnel.shortlist.nprobe",
                    absl::StrCat(funnel.nprobe, " exceeds ", kMaxIvfLists));
  }
  if (funnel.stages.size() > kMaxStages) {
    violations->Add("plan.funnel.stages",
                    absl::StrCat(funnel.stages.size(), " stages exceed ", kMaxStages));
    return;
  }
  ValidateStages(funnel.stages, funnel.shortlist_size, spec, top, violations);
}

}  // namespace

void Plan::Describe(uint32_t dims, std::string* text) const {
  if (exact) {
    absl::StrAppend(text, "scan at ", dims, "d -> exact");
    return;
  }
  absl::StrAppend(text, "shortlist ", shortlist.size, " (ef ", shortlist.ef, ", nprobe ",
                  shortlist.nprobe);
  if (shortlist.margin.top > 0) {
    absl::StrAppend(text, ", margin ", absl::SixDigits(shortlist.margin.width));
  }
  absl::StrAppend(text, ")");
  for (const Stage& stage : stages)
    absl::StrAppend(text, " -> ", stage.dims, "d keep ", stage.keep);
  absl::StrAppend(text, " -> ", dims, "d -> exact ", exact_rows);
  if (expected_recall) absl::StrAppendFormat(text, ", calibrated: recall %.3f", *expected_recall);
  if (shortfall != Shortfall::kNone) {
    absl::StrAppend(text, ", all that the time allows",
                    shortfall == Shortfall::kLoad ? " after waiting" : "");
  }
}

void ValidatePlanRequest(const PlanRequest& request, const CollectionSpec& spec, size_t top,
                         Violations* violations) {
  if (const auto* adaptive = std::get_if<AdaptiveRequest>(&request)) {
    if (!(adaptive->recall_target >= 0 && adaptive->recall_target < 1)) {
      violations->Add("plan.adaptive.recall_target",
                      absl::StrCat(adaptive->recall_target,
                                   " is not between 0 and 1; all of it takes an exact plan"));
    }
    if (adaptive->probability != 0 &&
        !(adaptive->probability >= kLeastProbability && adaptive->probability < 1)) {
      violations->Add("plan.adaptive.probability",
                      absl::StrCat(adaptive->probability, " is not in ", kLeastProbability,
                                   " to 1, 1 excluded"));
    }
  } else if (const auto* funnel = std::get_if<FunnelRequest>(&request)) {
    ValidateFunnel(*funnel, spec, top, violations);
  }
}

Plan MakePlan(const PlanRequest& request, const ResolvedSpec& spec, size_t top,
              const RowCounts& rows, const Calibration* calibration, const TimeLeft& time_left) {
  if (const auto* adaptive = std::get_if<AdaptiveRequest>(&request)) {
    const float target =
        adaptive->recall_target > 0 ? adaptive->recall_target : spec.default_recall_target;
    if (calibration != nullptr) {
      const double share =
          rows.live == 0 ? 1 : static_cast<double>(rows.matching) / static_cast<double>(rows.live);
      if (const auto plan =
              PlanByCalibration(*adaptive, target, spec, {top, share}, *calibration, time_left)) {
        return *plan;
      }
    }
    // What is promised of each search nothing else can keep.
    if (adaptive->probability > 0) return ExactPlan();
    return PlanAdaptive(target, spec, top, rows, time_left);
  }
  if (const auto* effort = std::get_if<EffortRequest>(&request)) {
    return PlanEffort(*effort, spec, top);
  }
  if (const auto* funnel = std::get_if<FunnelRequest>(&request))
    return PlanFunnel(*funnel, spec, top, rows);
  return ExactPlan();
}

}  // namespace nestor
