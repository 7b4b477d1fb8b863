#include "server/wait_reactor.h"

#include <chrono>
#include <memory>
#include <utility>

#include "server/convert_collection.h"
#include "server/unary_call.h"

namespace nestor {
namespace {

constexpr std::chrono::milliseconds kLookInterval(10);

}  // namespace

grpc::ServerUnaryReactor* WaitReactor::Start(ServiceState& state,
                                             grpc::CallbackServerContext* context, StartWait start,
                                             v1::CollectionStats* response) {
  auto* reactor = std::make_unique<WaitReactor>(Private{}, state, context, response).release();
  if (!state.writers().TrySubmit(0,
                                 [reactor, start = std::move(start)] { reactor->Begin(start); })) {
    reactor->Finish(ToGrpcStatus(TooManyCalls()));
  }
  return reactor;
}

void WaitReactor::Begin(const StartWait& start) {
  absl::StatusOr<std::shared_ptr<Engine>> engine = state_.engine();
  if (!engine.ok()) return End(engine.status());
  absl::StatusOr<CollectionWait> wait = start(**engine);
  if (!wait.ok()) return End(wait.status());
  engine_ = *std::move(engine);
  wait_ = *std::move(wait);
  Look();
}

void WaitReactor::Look() {
  absl::Status status = CallContext(state_, context_, received_)();
  if (status.ok() && state_.draining()) {
    status = absl::UnavailableError("the server is shutting down");
  }
  if (status.ok() && wait_.collection->closed()) {
    status = absl::NotFoundError("the collection was dropped");
  }
  if (!status.ok()) return End(status);
  const absl::StatusOr<bool> over = wait_.is_over(*wait_.collection);
  if (!over.ok()) return End(over.status());
  if (!*over) return LookLater();
  if (!state_.readers().TrySubmit(0, [this] { Answer(); })) {
    End(TooManyCalls());
  }
}

// An alarm must not be set while its own callback runs: the two take turns.
void WaitReactor::LookLater() {
  next_alarm_ = 1 - next_alarm_;
  alarms_[next_alarm_].Set(std::chrono::system_clock::now() + kLookInterval,
                           [this](bool) { Look(); });
}

void WaitReactor::Answer() {
  WriteStats(wait_.collection->Stats(), response_);
  End(absl::OkStatus());
}

void WaitReactor::End(const absl::Status& status) {
  wait_ = {};
  engine_.reset();
  Finish(ToGrpcStatus(status));
}

}  // namespace nestor
