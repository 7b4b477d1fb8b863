#include "server/search_stream.h"

#include <utility>

#include "absl/container/inlined_vector.h"
#include "engine/limits.h"
#include "server/item_error.h"
#include "server/points_handler.h"
#include "server/search_group.h"

namespace nestor {

bool SearchStream::WantsMore() const {
  return waiting_.size() + outgoing() < kMaxQueries && waiting_bytes_ < kStreamReadAheadBytes;
}

void SearchStream::Take(Received query) {
  waiting_bytes_ += query.bytes;
  waiting_.push_back(std::move(query));
}

bool SearchStream::CanBegin() const {
  return !waiting_.empty() && !ended() && outgoing_bytes() < kMaxAnswerBytes;
}

void SearchStream::Work() {
  if (workers_ >= state().readers().threads() || !CanBegin()) return;
  if (Submit(state().readers(), 0, [this] { RunQueries(); })) ++workers_;
}

bool SearchStream::Idle() const { return waiting_.empty(); }

void SearchStream::RunQueries() {
  for (size_t done = 0; done < kQueriesInARow;) {
    const absl::StatusOr<std::shared_ptr<Engine>> engine = state().engine();
    absl::InlinedVector<Received, 1> queries;
    {
      absl::MutexLock lock(&mu_);
      if (!CanBegin()) break;
      queries = TakeTogether(
          engine.ok() ? engine->get() : nullptr, static_cast<size_t>(state().readers().threads()),
          [](const Received& query) -> const v1::SearchRequest& { return query.message; }, 0,
          &waiting_);
      for (const Received& query : queries) waiting_bytes_ -= query.bytes;
    }
    std::vector<v1::SearchResponse> answers = AnswersTo(queries, engine);
    absl::MutexLock lock(&mu_);
    for (size_t i = 0; i < queries.size(); ++i) {
      Release(queries[i].bytes);
      Answer(std::move(answers[i]));
    }
    done += queries.size();
  }
  absl::MutexLock lock(&mu_);
  --workers_;
}

std::vector<v1::SearchResponse> SearchStream::AnswersTo(
    absl::Span<const Received> queries, const absl::StatusOr<std::shared_ptr<Engine>>& engine) {
  std::vector<v1::SearchResponse> answers(queries.size());
  absl::InlinedVector<CallContext, 1> contexts;
  absl::InlinedVector<SearchCall, 1> searches;
  contexts.reserve(queries.size());  // searches point to them
  for (size_t i = 0; i < queries.size(); ++i) {
    const CallContext& context = contexts.emplace_back(ContextOf(queries[i].time));
    absl::Status status = context();
    if (status.ok()) status = engine.status();
    searches.push_back({&queries[i].message, context, context.queue_time(), &answers[i], status});
  }
  if (engine.ok()) HandleSearch(**engine, absl::MakeSpan(searches));
  for (size_t i = 0; i < queries.size(); ++i) {
    if (!searches[i].status.ok()) {
      answers[i].Clear();
      WriteError(searches[i].status, answers[i].mutable_error());
    }
    answers[i].set_tag(queries[i].message.tag());
  }
  return answers;
}

}  // namespace nestor
