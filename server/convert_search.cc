#include "server/convert_search.h"

#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "engine/planner.h"
#include "engine/validate_vector.h"
#include "server/convert_filter.h"
#include "server/convert_point.h"
#include "server/convert_time.h"
#include "server/convert_vector.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

PlanRequest ReadPlan(const v1::SearchPlan& plan) {
  switch (plan.strategy_case()) {
    case v1::SearchPlan::kExact:
      return ExactRequest{};
    case v1::SearchPlan::kFunnel: {
      FunnelRequest funnel{.shortlist_size = plan.funnel().shortlist().size(),
                           .ef = plan.funnel().shortlist().ef(),
                           .nprobe = plan.funnel().shortlist().nprobe(),
                           .stages = {}};
      for (const v1::Funnel::Stage& stage : plan.funnel().stages()) {
        funnel.stages.push_back({stage.dims(), stage.keep()});
      }
      return funnel;
    }
    case v1::SearchPlan::kAdaptive:
    case v1::SearchPlan::STRATEGY_NOT_SET:
      break;
  }
  return AdaptiveRequest{plan.adaptive().recall_target(), plan.adaptive().probability()};
}

// A budget that is as long as the deadline was when the client set both is no longer than it.
bool Exceeds(absl::Duration budget, absl::Duration time_left) {
  return budget > 1.05 * time_left + absl::Milliseconds(10);
}

absl::Duration ReadBudget(const v1::SearchRequest& request, const ResolvedSpec& spec,
                          absl::Duration time_left, const std::string& prefix,
                          Violations* violations) {
  if (!request.has_time_budget()) {
    const bool none = spec.default_time_budget == absl::ZeroDuration();
    return none ? absl::InfiniteDuration() : spec.default_time_budget;
  }
  const absl::Duration budget = ReadDuration(request.time_budget());
  if (budget <= absl::ZeroDuration()) {
    violations->Add(prefix + "time_budget",
                    absl::StrCat(absl::FormatDuration(budget), " is not positive"));
  } else if (Exceeds(budget, time_left)) {
    violations->Add(prefix + "time_budget",
                    absl::StrCat(absl::FormatDuration(budget), " exceeds the ",
                                 absl::FormatDuration(time_left), " until the call's deadline"));
  }
  return budget;
}

// Everything but the target. `prefix` goes before the names of fields.
OwnedSearch ReadCommon(const v1::SearchRequest& request, const Collection& collection,
                       absl::Duration time_left, const std::string& prefix,
                       Violations* violations) {
  const ResolvedSpec& spec = collection.spec();
  OwnedSearch owned;
  SearchRequest& search = owned.request;
  search.limit = request.limit();
  search.offset = request.offset();
  if (search.limit < 1 || search.limit > kMaxLimit) {
    violations->Add(prefix + "limit", absl::StrCat(search.limit, " is not in 1 to ", kMaxLimit));
  }
  if (search.offset > kMaxOffset) {
    violations->Add(prefix + "offset", absl::StrCat(search.offset, " exceeds ", kMaxOffset));
  }
  if (request.has_score_threshold()) {
    search.score_threshold = request.score_threshold();
    if (std::isnan(request.score_threshold()))
      violations->Add(prefix + "score_threshold", "nan is no number");
  }
  search.plan = ReadPlan(request.plan());
  Violations plan;
  ValidatePlanRequest(search.plan, spec, size_t{search.limit} + search.offset, &plan);
  for (const Violations::Violation& violation : plan.list()) {
    violations->Add(prefix + violation.field, violation.problem);
  }
  search.time_budget = ReadBudget(request, spec, time_left, prefix, violations);
  search.min_sequence = Sequence{request.min_sequence()};
  search.estimated_scores = request.estimated_scores();
  if (search.estimated_scores && search.offset > 0) {
    // Whether a hit is on this page or the next one would be another question on each of them.
    violations->Add(prefix + "offset",
                    absl::StrCat(search.offset, ": pages take exact scores, not estimated_scores"));
  }
  search.select = ReadSelect(request.select(), spec, prefix + "select", violations);
  if (request.has_filter()) {
    if (std::optional<Filter> filter =
            ReadFilter(request.filter(), collection, prefix + "filter", violations)) {
      owned.filter = std::make_unique<const Filter>(*std::move(filter));
      search.filter = owned.filter.get();
    }
  }
  return owned;
}

void ReadTarget(const v1::SearchRequest& request, const ResolvedSpec& spec, OwnedSearch* search,
                Violations* violations) {
  switch (request.target_case()) {
    case v1::SearchRequest::kLike:
      search->request.like = ReadId(request.like(), "like", violations);
      return;
    case v1::SearchRequest::kVector:
      if (const std::optional<absl::Span<const float>> vector =
              ReadVector(request.vector(), "vector", &search->decoded, violations)) {
        ValidateVector(*vector, spec, "vector", violations);
        search->request.vector = *vector;  // moving the owner keeps the buffer
      }
      return;
    case v1::SearchRequest::TARGET_NOT_SET:
      violations->Add("vector", "neither vector nor like is set");
      return;
  }
}

v1::Completeness::StopReason ToWire(StopReason reason) {
  switch (reason) {
    case StopReason::kEveryRow:
      return v1::Completeness::EVERY_ROW;
    case StopReason::kMargin:
      return v1::Completeness::MARGIN;
    case StopReason::kSize:
      return v1::Completeness::SHORTLIST_FULL;
    case StopReason::kIndexDone:
      return v1::Completeness::INDEX_DONE;
    case StopReason::kTime:
      return v1::Completeness::TIME;
  }
  return v1::Completeness::STOP_REASON_UNSPECIFIED;
}

void WriteCompleteness(const SearchResult& result, v1::Completeness* out) {
  out->set_complete(result.shortfall == Shortfall::kNone);
  if (result.shortfall == Shortfall::kTime) out->add_reasons(v1::Completeness::TIME_BUDGET);
  if (result.shortfall == Shortfall::kLoad) out->add_reasons(v1::Completeness::DEGRADED_BY_LOAD);
  if (result.underfilled) out->add_reasons(v1::Completeness::FILTER_UNDERFILLED);
  if (result.estimated_recall) {
    out->set_estimated_recall(static_cast<float>(*result.estimated_recall));
  }
  out->set_certified(result.certified);
  out->set_stop_reason(ToWire(result.stop));
}

void WriteStages(const SearchResult& result, absl::Duration queue_time, v1::SearchStats* out) {
  for (const StageStats& stage : result.stages) {
    v1::StageStats* wire = out->add_stages();
    wire->set_name(stage.name);
    wire->set_dims(stage.dims);
    wire->set_candidates_in(static_cast<uint32_t>(stage.candidates_in));
    wire->set_candidates_out(static_cast<uint32_t>(stage.candidates_out));
    wire->set_bytes_read(stage.bytes_read);
    WriteDuration(stage.time, wire->mutable_time());
  }
  WriteDuration(queue_time, out->mutable_queue_time());
  WriteDuration(result.total_time, out->mutable_total_time());
  out->set_plan(result.plan);
}

}  // namespace

absl::StatusOr<OwnedSearch> ReadSearch(const v1::SearchRequest& request,
                                       const Collection& collection, absl::Duration time_left) {
  Violations violations;
  OwnedSearch search = ReadCommon(request, collection, time_left, "", &violations);
  ReadTarget(request, collection.spec(), &search, &violations);
  NESTOR_RETURN_IF_ERROR(violations.ToStatus());
  return search;
}

bool ReadsAllRows(const v1::SearchRequest& request, const ResolvedSpec& spec) {
  if (request.has_filter() || request.has_time_budget()) return false;
  if (request.plan().has_exact()) return true;
  return spec.index_kind == IndexKind::kFlat && spec.default_time_budget == absl::ZeroDuration();
}

absl::StatusOr<OwnedSearch> ReadSearchDefaults(const v1::SearchRequest& defaults,
                                               absl::string_view field,
                                               const Collection& collection,
                                               absl::Duration time_left) {
  Violations violations;
  OwnedSearch search =
      ReadCommon(defaults, collection, time_left, absl::StrCat(field, "."), &violations);
  if (defaults.target_case() != v1::SearchRequest::TARGET_NOT_SET) {
    violations.Add(std::string(field), "has a target; the queries are in `queries`");
  }
  NESTOR_RETURN_IF_ERROR(violations.ToStatus());
  return search;
}

void WriteRecallReport(const RecallReport& report, v1::MeasureRecallResponse* out) {
  switch (report.source) {
    case RecallReport::Source::kGiven:
      out->set_source(v1::MeasureRecallResponse::GIVEN);
      break;
    case RecallReport::Source::kQueries:
      out->set_source(v1::MeasureRecallResponse::QUERIES);
      break;
    case RecallReport::Source::kPoints:
      out->set_source(v1::MeasureRecallResponse::POINTS);
      break;
  }
  out->set_queries(static_cast<uint32_t>(report.queries));
  out->set_recall(static_cast<float>(report.recall));
  out->set_low(static_cast<float>(report.interval.low));
  out->set_high(static_cast<float>(report.interval.high));
  out->set_worst(static_cast<float>(report.worst));
  out->set_short_of_target(static_cast<uint32_t>(report.short_of_target));
  if (report.estimated_recall) {
    out->set_estimated_recall(static_cast<float>(*report.estimated_recall));
  }
  WriteDuration(report.cost, out->mutable_cost());
  WriteDuration(report.exact_cost, out->mutable_exact_cost());
  out->set_plan(report.plan);
  out->set_sequence(ToNumber(report.sequence));
}

absl::Status WriteSearchResult(const SearchResult& result, const v1::SearchRequest& request,
                               absl::Duration queue_time, v1::SearchResponse* out) {
  for (const Hit& hit : result.hits) {
    v1::Hit* wire = out->add_hits();
    WriteId(hit.id, wire->mutable_id());
    wire->set_score(static_cast<float>(hit.score));
    wire->set_distance(static_cast<float>(hit.distance));
    wire->set_version(ToNumber(hit.version));
    if (request.select().vector()) WriteVector(hit.vector, wire->mutable_vector());
    if (request.select().payload()) {
      NESTOR_RETURN_IF_ERROR(WritePayload(hit.payload, request.select(), wire->mutable_payload()));
    }
  }
  WriteCompleteness(result, out->mutable_completeness());
  if (request.explain()) WriteStages(result, queue_time, out->mutable_stats());
  out->set_tag(request.tag());
  out->set_sequence(ToNumber(result.sequence));
  return absl::OkStatus();
}

}  // namespace nestor
