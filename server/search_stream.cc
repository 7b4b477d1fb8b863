#include "server/search_stream.h"

#include <optional>
#include <utility>

#include "engine/limits.h"
#include "server/item_error.h"
#include "server/points_handler.h"

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
  for (int i = 0; i < kQueriesInARow; ++i) {
    std::optional<Received> query;
    {
      absl::MutexLock lock(&mu_);
      if (!CanBegin()) break;
      query = std::move(waiting_.front());
      waiting_.pop_front();
      waiting_bytes_ -= query->bytes;
    }
    v1::SearchResponse answer = AnswerOf(*query);
    absl::MutexLock lock(&mu_);
    Release(query->bytes);
    Answer(std::move(answer));
  }
  absl::MutexLock lock(&mu_);
  --workers_;
}

v1::SearchResponse SearchStream::AnswerOf(const Received& query) {
  const CallContext call = ContextOf(query.time);
  v1::SearchResponse answer;
  absl::Status status = call.Stop();
  const absl::StatusOr<std::shared_ptr<Engine>> engine = state().engine();
  if (status.ok()) status = engine.status();
  if (status.ok()) {
    status = HandleSearch(
        **engine, query.message, [&call] { return call.Stop(); }, call.queue_time(), &answer);
  }
  if (!status.ok()) {
    answer.Clear();
    WriteError(status, answer.mutable_error());
  }
  answer.set_tag(query.message.tag());
  return answer;
}

}  // namespace nestor
