#include "server/points_handler.h"

#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "engine/validate_vector.h"
#include "server/convert_filter.h"
#include "server/convert_point.h"
#include "server/convert_search.h"
#include "server/convert_vector.h"
#include "server/item_error.h"
#include "server/page_token.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr size_t kGetChunk = 256;  // points that Get reads at once

WriteMode ReadMode(v1::WriteMode mode) {
  switch (mode) {
    case v1::INSERT_ONLY:
      return WriteMode::kInsertOnly;
    case v1::UPDATE_ONLY:
      return WriteMode::kUpdateOnly;
    default:
      return WriteMode::kUpsert;
  }
}

v1::ItemError* WriteItemError(const ItemError& error, const char* field, v1::ItemError* out) {
  WriteError(error.status, out);
  out->set_index(error.index);
  WriteId(error.id, out->mutable_id());
  out->set_field(field);
  return out;
}

// Adds the engine's errors to those of the conversion, all in the order of the request.
void WriteItemErrors(const OwnedUpsert& batch, const WriteResult& result,
                     v1::WriteResponse* response) {
  for (const v1::ItemError& error : batch.errors) *response->add_errors() = error;
  for (const ItemError& error : result.errors) {
    WriteItemError(error, "id", response->add_errors())->set_index(batch.index[error.index]);
  }
  std::stable_sort(
      response->mutable_errors()->begin(), response->mutable_errors()->end(),
      [](const v1::ItemError& a, const v1::ItemError& b) { return a.index() < b.index(); });
}

constexpr size_t kMostFraming = 16;    // bytes around a part of an answer
constexpr size_t kMostBesides = 4096;  // and bytes of all that is no part: sequences, a token

// An answer grows in memory before it is sent: it stops at what one message may be.
class AnswerSize {
 public:
  // ResourceExhaustedError once all parts together are too large for one message.
  absl::Status Add(const google::protobuf::Message& part) {
    bytes_ += part.ByteSizeLong() + kMostFraming;
    if (bytes_ <= kMaxMessageBytes) return absl::OkStatus();
    return absl::ResourceExhaustedError(
        absl::StrCat("the answer exceeds ", kMaxMessageBytes, " bytes; ask for less at once"));
  }

 private:
  size_t bytes_ = kMostBesides;
};

absl::Status WriteAnswer(const SearchResult& result, const SearchCall& call) {
  NESTOR_RETURN_IF_ERROR(WriteSearchResult(result, *call.request, call.queue_time, call.response));
  return AnswerSize().Add(*call.response);
}

// The points that a selector means: ids, or those that satisfy a filter (null: all).
struct Selection {
  std::optional<std::vector<PointId>> ids;
  std::unique_ptr<const Filter> filter;
};

absl::StatusOr<Selection> ReadSelector(const v1::Selector& selector, const Collection& collection) {
  Violations violations;
  Selection selection;
  switch (selector.by_case()) {
    case v1::Selector::kIds:
      selection.ids =
          ReadIds(selector.ids().ids(), kMaxBatchPoints, "selector.ids.ids", &violations);
      break;
    case v1::Selector::kFilter: {
      std::optional<Filter> filter =
          ReadFilter(selector.filter(), collection, "selector.filter", &violations);
      if (filter) selection.filter = std::make_unique<const Filter>(*std::move(filter));
      break;
    }
    case v1::Selector::kAll:
      if (!selector.all()) violations.Add("selector.all", "is false; true selects all points");
      break;
    case v1::Selector::BY_NOT_SET:
      violations.Add("selector", "is empty; ids, filter or all must be set");
      break;
  }
  NESTOR_RETURN_IF_ERROR(violations.ToStatus());
  return selection;
}

}  // namespace

void HandleSearch(Engine& engine, absl::Span<SearchCall> calls) {
  // Whose memory the worker's next searches use again.
  static thread_local std::vector<SearchResult> results;
  results.resize(std::max(results.size(), calls.size()));
  absl::InlinedVector<OwnedSearch, 1> searches;
  absl::InlinedVector<SearchCall*, 1> asked;
  absl::InlinedVector<SearchTask, 1> tasks;
  searches.reserve(calls.size());  // tasks point to them
  const absl::StatusOr<std::shared_ptr<Collection>> collection =
      engine.Find(calls.front().request->collection());
  for (SearchCall& call : calls) {
    if (!call.status.ok()) continue;
    absl::StatusOr<OwnedSearch> search =
        collection.ok() ? ReadSearch(*call.request, **collection, call.time_left + call.queue_time)
                        : collection.status();
    call.status = search.status();
    if (!search.ok()) continue;
    search->request.waited = call.queue_time;
    search->request.time_left = call.time_left;
    searches.push_back(*std::move(search));
    tasks.push_back({&searches.back().request, call.stop, &results[tasks.size()], call.status});
    asked.push_back(&call);
  }
  if (tasks.empty()) return;
  (*collection)->Search(absl::MakeSpan(tasks));
  for (size_t i = 0; i < tasks.size(); ++i) {
    asked[i]->status = tasks[i].status;
    if (tasks[i].status.ok()) asked[i]->status = WriteAnswer(results[i], *asked[i]);
  }
}

absl::Status HandleSearchBatch(Engine& engine, const v1::SearchBatchRequest& request,
                               StopCheck stop, absl::Duration queue_time, absl::Duration time_left,
                               v1::SearchBatchResponse* response) {
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection,
                          engine.Find(request.defaults().collection()));
  const ResolvedSpec& spec = collection->spec();
  NESTOR_ASSIGN_OR_RETURN(
      OwnedSearch defaults,
      ReadSearchDefaults(request.defaults(), "defaults", *collection, time_left + queue_time));
  defaults.request.waited = queue_time;
  Violations violations;
  std::vector<float> decoded;
  const std::optional<absl::Span<const float>> queries =
      ReadMatrix(request.queries(), spec.dims, kMaxBatchQueries, "queries", &decoded, &violations);
  NESTOR_RETURN_IF_ERROR(violations.ToStatus());
  std::vector<absl::Span<const float>> good;
  std::vector<v1::SearchResponse*> answers;  // to the good ones
  for (uint32_t i = 0; i < request.queries().rows(); ++i) {
    v1::SearchResponse* answer = response->add_responses();
    const auto query = queries->subspan(size_t{i} * spec.dims, spec.dims);
    Violations bad_query;
    if (ValidateVector(query, spec, absl::StrCat("queries[", i, "]"), &bad_query)) {
      good.push_back(query);
      answers.push_back(answer);
    } else {
      WriteError(bad_query.ToStatus(), answer->mutable_error());
      answer->mutable_error()->set_index(i);
    }
  }
  AnswerSize size;
  return collection->SearchBatch(
      defaults.request, good, stop, [&](size_t i, const SearchResult& result) {
        NESTOR_RETURN_IF_ERROR(
            WriteSearchResult(result, request.defaults(), queue_time, answers[i]));
        return size.Add(*answers[i]);
      });
}

absl::Status HandleMeasureRecall(Engine& engine, const v1::MeasureRecallRequest& request,
                                 StopCheck stop, v1::MeasureRecallResponse* response) {
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection,
                          engine.Find(request.search().collection()));
  const ResolvedSpec& spec = collection->spec();
  NESTOR_ASSIGN_OR_RETURN(
      const OwnedSearch search,
      ReadSearchDefaults(request.search(), "search", *collection, absl::InfiniteDuration()));
  Violations violations;
  if (request.sample() > kMaxMeasuredQueries) {
    violations.Add("sample", absl::StrCat(request.sample(), " exceeds ", kMaxMeasuredQueries));
  }
  std::vector<SampledQuery> queries;
  std::vector<float> decoded;
  if (request.has_queries()) {
    if (const std::optional<absl::Span<const float>> values = ReadMatrix(
            request.queries(), spec.dims, kMaxMeasuredQueries, "queries", &decoded, &violations)) {
      for (uint32_t i = 0; i < request.queries().rows(); ++i) {
        const auto query = values->subspan(size_t{i} * spec.dims, spec.dims);
        ValidateVector(query, spec, absl::StrCat("queries[", i, "]"), &violations);
        queries.push_back({.vector = {query.begin(), query.end()}});
      }
    }
  }
  NESTOR_RETURN_IF_ERROR(violations.ToStatus());
  const size_t sample = request.sample() == 0 ? kDefaultMeasuredQueries : request.sample();
  NESTOR_ASSIGN_OR_RETURN(
      const RecallReport report,
      collection->MeasureRecall(search.request, std::move(queries), sample, stop));
  WriteRecallReport(report, response);
  return absl::OkStatus();
}

absl::Status HandleUpsert(Engine& engine, const v1::UpsertRequest& request,
                          v1::WriteResponse* response) {
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection,
                          engine.Find(request.collection()));
  NESTOR_ASSIGN_OR_RETURN(const OwnedUpsert batch, ReadUpsert(request, collection->spec()));
  NESTOR_ASSIGN_OR_RETURN(const WriteResult result,
                          collection->Upsert(batch.items, ReadMode(request.mode())));
  response->set_sequence(ToNumber(result.sequence));
  response->set_affected(result.affected);
  WriteItemErrors(batch, result, response);
  return absl::OkStatus();
}

absl::Status HandleDelete(Engine& engine, const v1::DeleteRequest& request, StopCheck stop,
                          v1::WriteResponse* response) {
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection,
                          engine.Find(request.collection()));
  NESTOR_ASSIGN_OR_RETURN(const Selection selection, ReadSelector(request.selector(), *collection));
  NESTOR_ASSIGN_OR_RETURN(const WriteResult result,
                          selection.ids ? collection->Delete(*selection.ids)
                                        : collection->DeleteMatching(selection.filter.get(), stop));
  response->set_sequence(ToNumber(result.sequence));
  response->set_affected(result.affected);
  return absl::OkStatus();
}

absl::Status HandleUpdatePayload(Engine& engine, const v1::UpdatePayloadRequest& request,
                                 StopCheck stop, v1::WriteResponse* response) {
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection,
                          engine.Find(request.collection()));
  Violations violations;
  const std::optional<PointUpdate> update = ReadUpdate(request, &violations);
  NESTOR_RETURN_IF_ERROR(violations.ToStatus());
  NESTOR_ASSIGN_OR_RETURN(const Selection selection, ReadSelector(request.selector(), *collection));
  NESTOR_ASSIGN_OR_RETURN(const WriteResult result,
                          selection.ids
                              ? collection->Update(*selection.ids, *update)
                              : collection->UpdateMatching(selection.filter.get(), *update, stop));
  response->set_sequence(ToNumber(result.sequence));
  response->set_affected(result.affected);
  for (const ItemError& error : result.errors) {
    const bool missing = absl::IsNotFound(error.status);
    WriteItemError(error, missing ? "id" : "payload", response->add_errors());
  }
  return absl::OkStatus();
}

absl::Status HandleGet(Engine& engine, const v1::GetRequest& request, v1::GetResponse* response) {
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection,
                          engine.Find(request.collection()));
  Violations violations;
  const std::optional<std::vector<PointId>> ids =
      ReadIds(request.ids(), kMaxBatchPoints, "ids", &violations);
  const Select select = ReadSelect(request.select(), collection->spec(), "select", &violations);
  NESTOR_RETURN_IF_ERROR(violations.ToStatus());
  AnswerSize size;
  for (size_t begin = 0; begin < ids->size(); begin += kGetChunk) {
    const auto chunk = absl::MakeConstSpan(*ids).subspan(begin, kGetChunk);
    NESTOR_ASSIGN_OR_RETURN(const std::vector<std::optional<FoundPoint>> points,
                            collection->Get(chunk, select));
    for (size_t i = 0; i < points.size(); ++i) {
      if (points[i]) {
        v1::Point* point = response->add_points();
        NESTOR_RETURN_IF_ERROR(WritePoint(*points[i], request.select(), point));
        NESTOR_RETURN_IF_ERROR(size.Add(*point));
      } else {
        *response->add_missing() = request.ids(static_cast<int>(begin + i));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status HandleCount(Engine& engine, const v1::CountRequest& request, StopCheck stop,
                         v1::CountResponse* response) {
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection,
                          engine.Find(request.collection()));
  Violations violations;
  std::optional<Filter> filter;
  if (request.has_filter()) {
    filter = ReadFilter(request.filter(), *collection, "filter", &violations);
  }
  NESTOR_RETURN_IF_ERROR(violations.ToStatus());
  NESTOR_ASSIGN_OR_RETURN(const uint64_t count,
                          collection->Count(filter ? &*filter : nullptr, stop));
  response->set_count(count);
  return absl::OkStatus();
}

absl::Status HandleScroll(Engine& engine, const v1::ScrollRequest& request, StopCheck stop,
                          v1::ScrollResponse* response) {
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection,
                          engine.Find(request.collection()));
  Violations violations;
  std::optional<Filter> filter;
  ScrollScope scope{collection->spec().uuid};
  if (request.has_filter()) {
    filter = ReadFilter(request.filter(), *collection, "filter", &violations);
    scope.filter = FilterFingerprint(request.filter());
  }
  const uint32_t page_size = request.page_size() == 0 ? kDefaultPage : request.page_size();
  if (page_size > kMaxScrollPage) {
    violations.Add("page_size", absl::StrCat(page_size, " exceeds ", kMaxScrollPage));
  }
  const Select select = ReadSelect(request.select(), collection->spec(), "select", &violations);
  const PointId after = ReadScrollToken(request.page_token(), scope, &violations);
  NESTOR_RETURN_IF_ERROR(violations.ToStatus());
  NESTOR_ASSIGN_OR_RETURN(
      const ScrollPage page,
      collection->Scroll(after, page_size, select, filter ? &*filter : nullptr, stop));
  // A page ends early rather than grow beyond a message.
  AnswerSize size;
  size_t written = 0;
  for (; written < page.points.size(); ++written) {
    v1::Point point;
    NESTOR_RETURN_IF_ERROR(WritePoint(page.points[written], request.select(), &point));
    if (!size.Add(point).ok()) break;
    *response->add_points() = std::move(point);
  }
  if (written > 0 && (page.more || written < page.points.size())) {
    response->set_next_page_token(WriteScrollToken(page.points[written - 1].id, scope));
  }
  return absl::OkStatus();
}

}  // namespace nestor
