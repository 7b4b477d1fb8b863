#include "server/index_wait_reactor.h"

#include <chrono>
#include <memory>

#include "server/convert_collection.h"
#include "server/unary_call.h"

namespace nestor {
namespace {

constexpr std::chrono::milliseconds kLookInterval(10);

}  // namespace

grpc::ServerUnaryReactor* IndexWaitReactor::Start(ServiceState& state,
                                                  grpc::CallbackServerContext* context,
                                                  const v1::WaitForIndexRequest* request,
                                                  v1::CollectionStats* response) {
  auto* reactor = std::make_unique<IndexWaitReactor>(Private{}, state, context, response).release();
  if (!state.writers().TrySubmit(0, [reactor, request] { reactor->Seal(*request); })) {
    reactor->Finish(ToGrpcStatus(TooManyCalls()));
  }
  return reactor;
}

void IndexWaitReactor::Seal(const v1::WaitForIndexRequest& request) {
  absl::StatusOr<std::shared_ptr<Engine>> engine = state_.engine();
  if (!engine.ok()) return End(engine.status());
  absl::StatusOr<IndexWait> wait = StartWaitForIndex(**engine, request);
  if (!wait.ok()) return End(wait.status());
  engine_ = *std::move(engine);
  wait_ = *std::move(wait);
  Look();
}

void IndexWaitReactor::Look() {
  absl::Status status = CallContext(state_, context_, received_)();
  if (status.ok() && state_.draining()) {
    status = absl::UnavailableError("the server is shutting down");
  }
  if (status.ok() && wait_.collection->closed()) {
    status = absl::NotFoundError("the collection was dropped");
  }
  if (!status.ok()) return End(status);
  if (!wait_.collection->IsIndexed(wait_.sequence)) return LookLater();
  if (!state_.readers().TrySubmit(0, [this] { Answer(); })) {
    End(TooManyCalls());
  }
}

// An alarm must not be set while its own callback runs: the two take turns.
void IndexWaitReactor::LookLater() {
  next_alarm_ = 1 - next_alarm_;
  alarms_[next_alarm_].Set(std::chrono::system_clock::now() + kLookInterval,
                           [this](bool) { Look(); });
}

void IndexWaitReactor::Answer() {
  WriteStats(wait_.collection->Stats(), response_);
  End(absl::OkStatus());
}

void IndexWaitReactor::End(const absl::Status& status) {
  wait_ = {};
  engine_.reset();
  Finish(ToGrpcStatus(status));
}

}  // namespace nestor
