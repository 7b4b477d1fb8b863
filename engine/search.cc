#include "engine/search.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/exact_stage.h"
#include "engine/filter_rows.h"
#include "engine/planner.h"
#include "engine/reranker.h"
#include "engine/shortlist.h"
#include "engine/vector_math.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

struct QueryVector {
  std::vector<float> values;
  Row excluded = kNoRow;
};

absl::StatusOr<QueryVector> ResolveQuery(const View& view, const ResolvedSpec& spec,
                                         const SearchRequest& request, absl::Time now) {
  if (!request.like) return QueryVector{{request.vector.begin(), request.vector.end()}, kNoRow};
  std::vector<Row> rows;
  NESTOR_RETURN_IF_ERROR(view.snapshot->FindRows(spec.number, {*request.like}, &rows));
  QueryVector query{{}, rows[0]};
  if (rows[0] != kNoRow && !view.IsExpired(rows[0], now)) {
    NESTOR_RETURN_IF_ERROR(
        view.snapshot->ReadPoints(spec.number, rows, [&](size_t, const StoredPoint* point) {
          if (point != nullptr) query.values = DecodeVector(point->vector);
        }));
  }
  if (query.values.empty()) {
    return absl::NotFoundError(
        absl::StrCat("no point '", request.like->ToString(), "' in collection '", spec.name, "'"));
  }
  return query;
}

// Candidates from segments and deltas, scored at full length.
absl::StatusOr<std::vector<Candidate>> Gather(const SearchContext& context, const Plan& plan,
                                              const PrefixQueries& prefix, absl::Time budget_end,
                                              bool* budget_hit) {
  std::vector<Candidate> candidates;
  if (plan.exact) {
    NESTOR_ASSIGN_OR_RETURN(candidates, ScanSegments(context));
  } else {
    NESTOR_ASSIGN_OR_RETURN(Shortlist shortlist,
                            ShortlistSegments(context, prefix, plan.shortlist));
    NESTOR_RETURN_IF_ERROR(
        Rerank(context, plan.stages, budget_end, std::move(shortlist), &candidates, budget_hit));
  }
  NESTOR_ASSIGN_OR_RETURN(std::vector<Candidate> newest, ScanDeltas(context));
  candidates.insert(candidates.end(), newest.begin(), newest.end());
  return candidates;
}

absl::Status FillSelected(const View& view, const ResolvedSpec& spec, const Select& select,
                          const std::vector<Row>& rows, std::vector<Hit>* hits) {
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
std::vector<Row> TakePage(const SearchRequest& request, std::vector<RankedHit> ranked,
                          std::vector<Hit>* hits) {
  std::vector<Row> rows;
  for (size_t i = request.offset; i < ranked.size(); ++i) {
    if (request.score_threshold && ranked[i].hit.score < *request.score_threshold) break;
    rows.push_back(ranked[i].row);
    hits->push_back(std::move(ranked[i].hit));
  }
  return rows;
}

Plan PlanFor(const View& view, const ResolvedSpec& spec, const SearchRequest& request,
             const LeftOut& left_out, const PrefixQueries& prefix) {
  RowCounts rows;
  for (size_t part = 0; part < view.segments.size(); ++part) {
    rows.live += view.segments[part].live();
    rows.matching += view.RowsOf(part) - left_out.parts[part]->count();
  }
  Plan plan = MakePlan(request.plan, spec, request.limit + request.offset, rows);
  if (prefix.blind()) plan.exact = true;  // no prefix to find a shortlist with
  return plan;
}

// "filter keeps 120 of 20000 -> ", and how many payloads had to be read for it.
std::string DescribeFilter(const LeftOut& left_out) {
  if (!left_out.filtered) return "";
  const FilteredRows& filtered = *left_out.filtered;
  std::string text = absl::StrCat("filter keeps ", left_out.matching, " of ", left_out.live);
  if (filtered.payloads_read > 0) {
    absl::StrAppend(&text, " (not indexed: ", filtered.payloads_read, " payloads read)");
  }
  return text + " -> ";
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
                                    const Filter* filter, StopCheck stop, const Clock& clock) {
  const absl::Time start = clock();
  LeftOut left_out;
  if (filter != nullptr) {
    NESTOR_ASSIGN_OR_RETURN(left_out.filtered, FilterRows(view, spec.number, *filter, stop));
  }
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

absl::StatusOr<SearchResult> SearchView(const View& view, const ResolvedSpec& spec,
                                        const SearchRequest& request, const LeftOut& left_out,
                                        StopCheck stop, const Clock& clock) {
  const absl::Time start = clock();
  if (request.min_sequence > view.sequence) {
    return absl::OutOfRangeError(absl::StrCat("min_sequence ", ToNumber(request.min_sequence),
                                              " is ahead of the last write ",
                                              ToNumber(view.sequence)));
  }
  NESTOR_ASSIGN_OR_RETURN(const QueryVector vector, ResolveQuery(view, spec, request, start));
  const FullQuery query(spec.metric, vector.values.data(), spec.dims);
  const PrefixQueries prefix(view, vector.values.data());
  const Plan plan = PlanFor(view, spec, request, left_out, prefix);

  SearchResult result;
  AddFilterStats(left_out, &result.stages);
  const SearchContext context{.spec = spec,
                              .view = view,
                              .left_out = left_out.parts,
                              .query = query,
                              .top = size_t{request.limit} + request.offset,
                              .excluded = vector.excluded,
                              .stop = stop,
                              .clock = clock,
                              .stats = &result.stages};
  NESTOR_ASSIGN_OR_RETURN(std::vector<Candidate> candidates,
                          Gather(context, plan, prefix, start - left_out.time + request.time_budget,
                                 &result.time_budget_hit));
  const size_t max_rows = plan.exact ? candidates.size() : plan.exact_rows;
  NESTOR_ASSIGN_OR_RETURN(std::vector<RankedHit> ranked,
                          ReadExact(context, max_rows, std::move(candidates)));
  const std::vector<Row> rows = TakePage(request, std::move(ranked), &result.hits);
  NESTOR_RETURN_IF_ERROR(FillSelected(view, spec, request.select, rows, &result.hits));

  result.sequence = view.sequence;
  result.exact = plan.exact;
  result.plan = DescribeFilter(left_out) + plan.Describe(spec.dims);
  result.total_time = clock() - start + left_out.time;
  return result;
}

}  // namespace nestor
