#include "server/search_queue.h"

#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "absl/time/clock.h"
#include "server/points_handler.h"
#include "server/search_group.h"
#include "server/unary_call.h"

namespace nestor {

bool SearchQueue::Takes(const v1::SearchRequest& request) const {
  const absl::StatusOr<std::shared_ptr<Engine>> engine = state_.engine();
  if (!engine.ok()) return false;
  const absl::StatusOr<std::shared_ptr<Collection>> collection =
      (*engine)->Find(request.collection());
  return collection.ok() && ReadsAllRows(request, (*collection)->spec());
}

grpc::ServerUnaryReactor* SearchQueue::Answer(grpc::CallbackServerContext* context,
                                              const v1::SearchRequest* request,
                                              v1::SearchResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  {
    absl::MutexLock lock(&waiting_->mu);
    if (state_.readers().TrySubmit(
            request->SpaceUsedLong(), request,
            [this, request, waiting = waiting_] { AnswerWithOthers(request, *waiting); })) {
      waiting_->calls.push_back({context, request, response, reactor, absl::Now()});
      return reactor;
    }
  }
  reactor->Finish(ToGrpcStatus(TooManyCalls()));
  return reactor;
}

void SearchQueue::AnswerWithOthers(const v1::SearchRequest* request, Waiting& waiting) {
  absl::StatusOr<std::shared_ptr<Engine>> engine;
  absl::InlinedVector<Call, 1> calls;
  {
    absl::MutexLock lock(&waiting.mu);
    const auto own = std::find_if(waiting.calls.begin(), waiting.calls.end(),
                                  [&](const Call& call) { return call.request == request; });
    if (own == waiting.calls.end()) return;
    engine = state_.engine();
    calls = TakeTogether(
        engine.ok() ? engine->get() : nullptr, static_cast<size_t>(state_.readers().threads()),
        [](const Call& call) -> const v1::SearchRequest& { return *call.request; },
        static_cast<size_t>(own - waiting.calls.begin()), &waiting.calls);
  }
  if (calls.size() > 1) {
    absl::InlinedVector<const void*, kMostTogether> others;
    for (size_t i = 1; i < calls.size(); ++i) others.push_back(calls[i].request);
    state_.readers().Withdraw(others);
  }
  absl::InlinedVector<CallContext, 1> contexts;
  absl::InlinedVector<SearchCall, 1> searches;
  contexts.reserve(calls.size());  // searches point to them
  for (const Call& call : calls) {
    const CallContext& context = contexts.emplace_back(state_, call.context, call.received);
    absl::Status status = context();  // it may have waited for longer than the client did
    if (status.ok()) status = engine.status();
    searches.push_back(
        {call.request, context, context.queue_time(), call.response, status, context.time_left()});
  }
  if (engine.ok()) HandleSearch(**engine, absl::MakeSpan(searches));
  for (size_t i = 0; i < calls.size(); ++i) {
    calls[i].reactor->Finish(ToGrpcStatus(searches[i].status));
  }
}

}  // namespace nestor
