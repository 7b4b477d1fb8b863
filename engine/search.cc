#include "engine/search.h"

#include <algorithm>
#include <cstring>
#include <list>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/exact_stage.h"
#include "engine/filter_rows.h"
#include "engine/planner.h"
#include "engine/prefix_choice.h"
#include "engine/reranker.h"
#include "engine/shortlist.h"
#include "engine/vector_math.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

struct QueryVector {
  absl::Span<const float> values;
  std::vector<float> stored;  // what they are in, unless they are the caller's
  Row excluded = kNoRow;
};

absl::StatusOr<QueryVector> ResolveQuery(const View& view, const ResolvedSpec& spec,
                                         const SearchRequest& request, absl::Time now) {
  QueryVector query;
  if (!request.like) {
    query.values = request.vector;
    return query;
  }
  std::vector<Row> rows;
  NESTOR_RETURN_IF_ERROR(view.snapshot->FindRows(spec.number, {*request.like}, &rows));
  query.excluded = rows[0];
  if (rows[0] != kNoRow && !view.IsExpired(rows[0], now)) {
    NESTOR_RETURN_IF_ERROR(
        view.snapshot->ReadPoints(spec.number, rows, [&](size_t, const StoredPoint* point) {
          if (point != nullptr) query.stored = DecodeVector(point->vector);
        }));
  }
  if (query.stored.empty()) {
    return absl::NotFoundError(
        absl::StrCat("no point '", request.like->ToString(), "' in collection '", spec.name, "'"));
  }
  query.values = query.stored;  // moving it keeps the buffer
  return query;
}

absl::Status FillSelected(const View& view, const ResolvedSpec& spec, const Select& select,
                          absl::Span<const Row> rows, std::vector<Hit>* hits) {
  if (select.payload) {
    std::vector<std::string> payloads;
    NESTOR_RETURN_IF_ERROR(view.snapshot->ReadPayloads(spec.number, rows, &payloads));
    for (size_t i = 0; i < hits->size(); ++i) (*hits)[i].payload = std::move(payloads[i]);
  }
  if (select.vector) {
    NESTOR_RETURN_IF_ERROR(
        view.snapshot->ReadPoints(spec.number, rows, [&](size_t i, const StoredPoint* point) {
          if (point == nullptr) return;
          (*hits)[i].vector =
              SelectPrefix(spec.metric, DecodeVector(point->vector), select.vector_dims);
        }));
  }
  return absl::OkStatus();
}

// The hits that the user sees: without the offset, above the threshold.
std::pmr::vector<Row> TakePage(const SearchRequest& request, RankedHits ranked,
                               std::vector<Hit>* hits) {
  std::pmr::vector<Row> rows(ranked.get_allocator());
  for (size_t i = request.offset; i < ranked.size(); ++i) {
    if (request.score_threshold && ranked[i].hit.score < *request.score_threshold) break;
    rows.push_back(ranked[i].row);
    hits->push_back(std::move(ranked[i].hit));
  }
  return rows;
}

Plan PlanFor(const View& view, const ResolvedSpec& spec, const SearchRequest& request,
             const LeftOut& left_out, const PrefixQueries& prefix, const TimeLeft& time_left) {
  RowCounts rows;
  for (size_t part = 0; part < view.segments.size(); ++part) {
    rows.live += view.segments[part].live();
    rows.matching += view.RowsOf(part) - left_out.parts[part]->count();
  }
  // What has expired and is not marked yet is nobody's filter.
  if (!left_out.filtered) rows.live = rows.matching;
  const Calibration* const calibration = view.valid_calibration(CurrentCoder(spec, view)->format());
  Plan plan =
      MakePlan(request.plan, spec, request.limit + request.offset, rows, calibration, time_left);
  if (prefix.blind()) {  // no prefix to find a shortlist with
    plan.exact = true;
    plan.shortfall = Shortfall::kNone;
  }
  return plan;
}

// "filter keeps 120 of 20000 -> ", and how many payloads had to be read for it.
void DescribeFilter(const LeftOut& left_out, std::string* text) {
  if (!left_out.filtered) return;
  const FilteredRows& filtered = *left_out.filtered;
  absl::StrAppend(text, "filter keeps ", left_out.matching, " of ", left_out.live);
  if (filtered.payloads_read > 0) {
    absl::StrAppend(text, " (not indexed: ", filtered.payloads_read, " payloads read)");
  }
  absl::StrAppend(text, " -> ");
}

void AddFilterStats(const LeftOut& left_out, std::vector<StageStats>* stages) {
  if (!left_out.filtered) return;
  stages->push_back({.name = "filter",
                     .candidates_in = left_out.live,
                     .candidates_out = left_out.matching,
                     .bytes_read = left_out.filtered->payload_bytes,
                     .time = left_out.time});
}

void LeaveOutExpired(const View& view, absl::Time now, LeftOut* left_out) {
  for (const View::Place place : view.ExpiredAndNotMarked(now)) {
    --left_out->live;
    RowBitmap* part = nullptr;
    if (left_out->filtered) {
      part = &left_out->filtered->left_out[place.part];
    } else {
      std::unique_ptr<RowBitmap>& copy = left_out->expired[place.part];
      if (copy == nullptr) copy = std::make_unique<RowBitmap>(view.DeadOf(place.part));
      left_out->parts[place.part] = part = copy.get();
    }
    if (part->Set(place.row)) --left_out->matching;
  }
}

// What is left when a search begins that is one of some that are answered together, after `spent`
// on all of them. Each brings its own budget with it, and plans for its part of them all.
TimeLeft TimeLeftFor(const SearchRequest& request, size_t together, absl::Duration spent) {
  const auto parts = static_cast<int64_t>(together);
  const absl::Duration budget = request.time_budget * parts;
  return {.now = (std::min(budget - request.waited, request.time_left) - spent) / parts,
          .on_arrival = (std::min(budget, request.time_left + request.waited) - spent) / parts};
}

// One of the searches that are answered together.
class ActiveSearch {
 public:
  // `together`: how many they are.
  ActiveSearch(const View& view, const ResolvedSpec& spec, const LeftOut& left_out,
               const Clock& clock, QueryVector vector, absl::Time start, size_t together,
               SearchTask* task, std::pmr::memory_resource* memory)
      : left_out_(left_out),
        task_(*task),
        start_(start),
        budget_end_(start - left_out.time +
                    task->request->time_budget * static_cast<int64_t>(together) -
                    task->request->waited),
        vector_(std::move(vector)),
        query_(spec.metric, vector_.values.data(), spec.dims, memory),
        prefix_(view, vector_.values.data(), memory),
        plan_(PlanFor(view, spec, *task->request, left_out, prefix_,
                      TimeLeftFor(*task->request, together, left_out.time))),
        context_{.spec = spec,
                 .view = view,
                 .left_out = left_out.parts,
                 .query = query_,
                 .top = size_t{task->request->limit} + task->request->offset,
                 .excluded = vector_.excluded,
                 .stop = task->stop,
                 .clock = clock,
                 .memory = memory,
                 .stats = &task->result->stages,
                 .status = &task->status},
        shortlist_(memory),
        candidates_(memory) {
    SearchResult& result = *task->result;
    result.hits.clear();
    result.shortfall = plan_.shortfall;
    result.stop = StopReason::kEveryRow;
    result.stages.clear();
    AddFilterStats(left_out, &result.stages);
  }
  ActiveSearch(const ActiveSearch&) = delete;
  ActiveSearch& operator=(const ActiveSearch&) = delete;

  bool exact() const { return plan_.exact; }
  ScanSearch Scan() { return {&context_, &candidates_}; }
  ShortlistSearch MakeShortlist() {
    return {.context = &context_,
            .prefix = &prefix_,
            .effort = plan_.shortlist,
            .hide_excluded = task_.request->hide_like,
            .gives_up = plan_.exact_if_cut_off,
            .shortlist = &shortlist_};
  }

  // Once the shortlist is there. It may turn out that nothing but a scan will do.
  void RerankShortlist() {
    if (!task_.status.ok()) return;
    if (shortlist_.cut_off && plan_.exact_if_cut_off) {
      plan_.exact = true;
      return;
    }
    const bool by_filter = left_out_.filtered && left_out_.matching < left_out_.live;
    if (shortlist_.cut_off && by_filter && plan_.expected_recall) {
      // What was calibrated is not known to hold, and there is no time for what would.
      plan_.expected_recall.reset();
      if (plan_.shortfall == Shortfall::kNone) plan_.shortfall = plan_.shortfall_if_cut_off;
    }
    const size_t size = shortlist_.ranked.size();
    reranked_ = Rerank(context_, plan_.stages, budget_end_, std::move(shortlist_), &candidates_);
    task_.result->shortfall = ShortfallNow();
    task_.result->stop = WhyStopped(size);
  }

  // Once all candidates are there.
  void Finish() {
    if (task_.status.ok()) task_.status = FillResult();
  }

 private:
  Shortfall ShortfallNow() const {
    if (reranked_.in_time || plan_.shortfall != Shortfall::kNone) return plan_.shortfall;
    const bool in_time_without_waiting = context_.clock() <= budget_end_ + task_.request->waited;
    return in_time_without_waiting ? Shortfall::kLoad : Shortfall::kTime;
  }

  StopReason WhyStopped(size_t shortlist_size) const {
    if (task_.result->shortfall != Shortfall::kNone) return StopReason::kTime;
    if (shortlist_size >= plan_.shortlist.size) return StopReason::kSize;
    return plan_.shortlist.margin.top > 0 ? StopReason::kMargin : StopReason::kIndexDone;
  }

  absl::Status FillResult() {
    SearchResult& result = *task_.result;
    const View& view = context_.view;
    const size_t max_rows = plan_.exact ? candidates_.size() : plan_.exact_rows;
    NESTOR_ASSIGN_OR_RETURN(FinalHits found, task_.request->estimated_scores
                                                 ? ReadEstimated(context_, max_rows, candidates_)
                                                 : ReadExact(context_, max_rows, candidates_));
    const std::pmr::vector<Row> rows =
        TakePage(*task_.request, std::move(found.ranked), &result.hits);
    NESTOR_RETURN_IF_ERROR(
        FillSelected(view, context_.spec, task_.request->select, rows, &result.hits));
    result.sequence = view.sequence;
    result.exact = plan_.exact;
    result.estimated_recall = plan_.exact ? std::optional<double>(1) : plan_.expected_recall;
    if (!reranked_.in_time) result.estimated_recall.reset();
    result.underfilled = left_out_.filtered.has_value() && left_out_.matching < context_.top;
    // Stages over fewer dims know no bounds of what they leave out.
    result.certified = found.certified && !reranked_.narrowed;
    result.plan.clear();
    DescribeFilter(left_out_, &result.plan);
    if (plan_.exact && shortlist_.cut_off) {
      absl::StrAppend(&result.plan, "what is near is left out -> ");
    }
    plan_.Describe(context_.spec.dims, &result.plan);
    result.total_time = context_.clock() - start_ + left_out_.time;
    return absl::OkStatus();
  }

  const LeftOut& left_out_;
  SearchTask& task_;
  const absl::Time start_;
  const absl::Time budget_end_;
  const QueryVector vector_;
  const FullQuery query_;
  const PrefixQueries prefix_;
  Plan plan_;
  const SearchContext context_;
  Shortlist shortlist_;
  std::pmr::vector<Candidate> candidates_;
  Reranked reranked_;
};

absl::StatusOr<QueryVector> Begin(const View& view, const ResolvedSpec& spec,
                                  const SearchRequest& request, absl::Time now) {
  if (request.min_sequence > view.sequence) {
    return absl::OutOfRangeError(absl::StrCat("min_sequence ", ToNumber(request.min_sequence),
                                              " is ahead of the last write ",
                                              ToNumber(view.sequence)));
  }
  return ResolveQuery(view, spec, request, now);
}

}  // namespace

std::vector<float> DecodeVector(absl::string_view bytes) {
  std::vector<float> vector(bytes.size() / sizeof(float));
  std::memcpy(vector.data(), bytes.data(), vector.size() * sizeof(float));
  return vector;
}

std::vector<float> SelectPrefix(Metric metric, absl::Span<const float> vector, uint32_t dims) {
  if (dims == 0 || dims >= vector.size()) return {vector.begin(), vector.end()};
  std::vector<float> prefix(dims);
  Scale(vector.data(), dims, metric == Metric::kCosine ? Norm(vector.data(), dims) : 1.0,
        prefix.data());
  return prefix;
}

absl::StatusOr<LeftOut> FindLeftOut(const View& view, const ResolvedSpec& spec,
                                    const Filter* filter, StopCheck stop, const Clock& clock,
                                    std::pmr::memory_resource* memory) {
  const absl::Time start = clock();
  LeftOut left_out{.filtered = {},
                   .expired = {},
                   .parts = std::pmr::vector<const RowBitmap*>(memory),
                   .time = {}};
  if (filter != nullptr) {
    NESTOR_ASSIGN_OR_RETURN(left_out.filtered, FilterRows(view, spec.number, *filter, stop));
  }
  left_out.parts.reserve(view.part_count());
  for (size_t part = 0; part < view.part_count(); ++part) {
    left_out.parts.push_back(left_out.filtered ? &left_out.filtered->left_out[part]
                                               : &view.DeadOf(part));
  }
  left_out.live = view.live_points();
  left_out.matching = left_out.filtered ? left_out.filtered->matching : left_out.live;
  NESTOR_RETURN_IF_ERROR(stop());
  LeaveOutExpired(view, start, &left_out);
  left_out.time = clock() - start;
  return left_out;
}

void SearchTogether(const View& view, const ResolvedSpec& spec, const LeftOut& left_out,
                    const Clock& clock, absl::Span<SearchTask> tasks,
                    std::pmr::memory_resource* memory) {
  std::pmr::list<ActiveSearch> searches(memory);
  std::pmr::vector<ScanSearch> all(memory), exact(memory);
  std::pmr::vector<ShortlistSearch> shortlists(memory);
  all.reserve(tasks.size());
  exact.reserve(tasks.size());
  shortlists.reserve(tasks.size());
  const absl::Time start = clock();
  for (SearchTask& task : tasks) {
    absl::StatusOr<QueryVector> vector = Begin(view, spec, *task.request, start);
    task.status = vector.status();
    if (!vector.ok()) continue;
    ActiveSearch& search = searches.emplace_back(view, spec, left_out, clock, *std::move(vector),
                                                 start, tasks.size(), &task, memory);
    all.push_back(search.Scan());
    if (search.exact()) {
      exact.push_back(search.Scan());
    } else {
      shortlists.push_back(search.MakeShortlist());
    }
  }
  if (searches.empty()) return;
  if (!shortlists.empty()) ShortlistSegments(shortlists);
  for (ActiveSearch& search : searches) {
    if (search.exact()) continue;
    search.RerankShortlist();
    if (search.exact()) exact.push_back(search.Scan());
  }
  if (!exact.empty()) ScanSegments(exact);
  ScanDeltas(all);
  for (ActiveSearch& search : searches) search.Finish();
}

}  // namespace nestor
