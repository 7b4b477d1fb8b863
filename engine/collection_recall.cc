// The part of Collection that finds out what its searches find.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/collection.h"
#include "engine/query_sample.h"
#include "engine/search_arena.h"
#include "engine/tier_rows.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

// The share of the true hits that was found. A hit as good as the last of them is one.
double ShareFound(const std::vector<Hit>& hits, const std::vector<Hit>& truth) {
  if (truth.empty()) return 1;
  const auto found = std::count_if(hits.begin(), hits.end(),
                                   [&](const Hit& hit) { return hit.score >= truth.back().score; });
  return std::min(1.0, static_cast<double>(found) / static_cast<double>(truth.size()));
}

// As a measurement needs it: all hits, and nothing of them.
SearchRequest ForMeasuring(const SearchRequest& request) {
  SearchRequest measured = request;
  measured.limit += measured.offset;
  measured.offset = 0;
  measured.score_threshold.reset();
  measured.select = {};
  return measured;
}

// The least that they find on average, if each finds what was asked for as often as was asked for.
double MeanPromised(const AdaptiveRequest& wanted) {
  return wanted.recall_target * (wanted.probability > 0 ? wanted.probability : 1.0);
}

float TargetOf(const PlanRequest& plan, const ResolvedSpec& spec) {
  const auto* const adaptive = std::get_if<AdaptiveRequest>(&plan);
  if (adaptive == nullptr) return 0;
  return adaptive->recall_target > 0 ? adaptive->recall_target : spec.default_recall_target;
}

}  // namespace

absl::Status Collection::MeasureShares(const View& view, const SearchRequest& common,
                                       absl::Span<const SampledQuery> queries, StopCheck stop,
                                       ShareVisitor visit) const {
  SearchArena& arena = SearchArena::OfThread();
  const SearchArena::Scope scope(arena);
  NESTOR_ASSIGN_OR_RETURN(const LeftOut left_out,
                          FindLeftOut(view, spec_, common.filter, stop, env_.clock, &arena));
  const size_t most = std::min(kMostTogether, queries.size());
  std::vector<SearchRequest> requests(most, common);
  std::vector<SearchResult> truths(most);
  SearchResult found;
  for (size_t first = 0; first < queries.size(); first += most) {
    const size_t count = std::min(most, queries.size() - first);
    {
      const SearchArena::Scope group(arena);
      std::pmr::vector<SearchTask> tasks(&arena);
      for (size_t i = 0; i < count; ++i) {
        queries[first + i].SetTarget(&requests[i]);
        requests[i].plan = ExactRequest{};
        tasks.push_back({&requests[i], stop, &truths[i], absl::OkStatus()});
      }
      SearchTogether(view, spec_, left_out, env_.clock, absl::MakeSpan(tasks), &arena);
      for (const SearchTask& task : tasks) NESTOR_RETURN_IF_ERROR(task.status);
    }
    for (size_t i = 0; i < count; ++i) {
      const SearchArena::Scope one(arena);
      requests[i].plan = common.plan;
      SearchTask task{&requests[i], stop, &found, absl::OkStatus()};
      SearchTogether(view, spec_, left_out, env_.clock, {&task, 1}, &arena);
      NESTOR_RETURN_IF_ERROR(task.status);
      // They filtered once, and shared all else.
      const absl::Duration shared = truths[i].StagesTime() - left_out.time;
      visit(ShareFound(found.hits, truths[i].hits), found,
            left_out.time + shared / static_cast<int64_t>(count));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<RecallReport> Collection::MeasureRecall(const SearchRequest& request,
                                                       std::vector<SampledQuery> queries,
                                                       size_t sample, StopCheck stop) const {
  const std::shared_ptr<const View> view = this->view();
  RecallReport report{.sequence = view->sequence};
  if (queries.empty()) {
    queries = DrawQueries(queries_);
    report.source = RecallReport::Source::kQueries;
    if (queries.size() < sample) {
      NESTOR_ASSIGN_OR_RETURN(queries, DrawPoints(*view, spec_, sample));
      report.source = RecallReport::Source::kPoints;
    }
    queries.resize(std::min(queries.size(), sample));
  }
  if (queries.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("collection '", spec_.name, "' has no points to measure by"));
  }
  const SearchRequest common = ForMeasuring(request);
  const double target = TargetOf(common.plan, spec_);
  const auto count = static_cast<double>(queries.size());
  double estimated = 0;
  size_t estimates = 0;
  NESTOR_RETURN_IF_ERROR(
      MeasureShares(*view, common, queries, stop,
                    [&](double share, const SearchResult& found, absl::Duration exact_cost) {
                      report.recall += share / count;
                      report.worst = std::min(report.worst, share);
                      if (share < target - 1e-6) ++report.short_of_target;
                      if (found.estimated_recall) {
                        estimated += *found.estimated_recall / count;
                        ++estimates;
                      }
                      report.cost += found.StagesTime() / count;
                      report.exact_cost += exact_cost / count;
                      report.plan = found.plan;
                    }));
  report.queries = queries.size();
  report.recall = std::min(1.0, report.recall);
  report.interval = IntervalOfRecall(report.recall, report.queries);
  if (estimates == report.queries) report.estimated_recall = std::min(1.0, estimated);
  return report;
}

absl::StatusOr<Advice> Collection::GetAdvice() const {
  const std::shared_ptr<const View> view = this->view();
  TierRows rows;
  for (const View::SegmentPart& part : view->segments) {
    for (uint32_t row = 0; row < part.segment->rows.size(); ++row) {
      if (!part.dead->Test(row)) rows.Add(part.segment->tier.get(), row);
    }
  }
  if (rows.size() < kLeastAdvised) {
    return absl::FailedPreconditionError(
        absl::StrCat("collection '", spec_.name, "': ", rows.size(),
                     " indexed points are too few to advise by, it takes ", kLeastAdvised));
  }
  return Advise(spec_, rows, queries_.Sample());
}

void Collection::NoteSearch(const SearchRequest& request, const SearchResult& result) const {
  if (request.like) return;
  // A zero vector has no direction to search in.
  const bool asks = std::any_of(request.vector.begin(), request.vector.end(),
                                [](float value) { return value != 0; });
  if (asks && request.filter == nullptr) queries_.Offer(request.vector);
  const auto* const adaptive = std::get_if<AdaptiveRequest>(&request.plan);
  if (adaptive != nullptr && !result.exact && result.shortfall == Shortfall::kNone) {
    audit_.Offer(request, {TargetOf(request.plan, spec_), adaptive->probability});
  }
}

absl::StatusOr<bool> Collection::AuditOnce() {
  if (closed_) return false;
  const std::optional<RecallAudit::Search> search = audit_.Take();
  if (!search) return false;
  const std::shared_ptr<const View> view = this->view();
  SearchRequest request;
  request.limit = search->top;
  request.plan = search->wanted;
  if (search->filter) request.filter = &*search->filter;
  const SampledQuery query{.vector = search->vector};
  const auto stop = [this] {
    return closed_ ? absl::CancelledError("the collection is closed") : absl::OkStatus();
  };
  bool alarm = false;
  NESTOR_RETURN_IF_ERROR(MeasureShares(
      *view, request, {&query, 1}, stop,
      [&](double share, const SearchResult& found, absl::Duration) {
        const bool calibrated = !found.exact && found.estimated_recall.has_value();
        alarm = audit_.Add(share, MeanPromised(search->wanted), calibrated, env_.clock());
      }));
  if (alarm) {
    {
      absl::MutexLock publish(&publish_mu_);
      auto next = std::make_shared<View>(*view_.Load());
      // Unless it was calibrated while this search was done again.
      next->calibration_is_void |= next->calibration == view->calibration;
      view_.Store(std::move(next));
      ++manifest_changes_;
    }
    const AuditFigures figures = audit_.figures();
    env_.log_info(absl::StrFormat(
        "collection '%s': searches find less than was promised, %.3f instead of %.3f in the last "
        "%d that were done again: they go by a careful rule until it is calibrated again",
        spec_.name, figures.recall, figures.target, figures.searches));
  }
  if (alarm) env_.calibration_due();
  return true;
}

}  // namespace nestor
