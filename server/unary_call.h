#ifndef NESTOR_SERVER_UNARY_CALL_H_
#define NESTOR_SERVER_UNARY_CALL_H_

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "grpcpp/grpcpp.h"
#include "server/service_state.h"
#include "server/worker_pool.h"

namespace nestor {

// Code, message, and the payloads as google.rpc.Status details.
grpc::Status ToGrpcStatus(const absl::Status& status);
// What a call gets when the queue of its pool is full.
absl::Status TooManyCalls();

// What a handler may know of the call it answers, and its StopCheck.
class CallContext {
 public:
  CallContext(const ServiceState& state, const grpc::CallbackServerContext* context,
              absl::Time received)
      : state_(state), context_(context), received_(received), started_(absl::Now()) {}

  // CANCELLED or DEADLINE_EXCEEDED once nobody waits for the answer any more, UNAVAILABLE while the
  // engine is opened anew.
  absl::Status operator()() const;
  absl::Duration queue_time() const { return started_ - received_; }
  // From when it was started until the client's deadline.
  absl::Duration time_left() const { return absl::FromChrono(context_->deadline()) - started_; }

 private:
  const ServiceState& state_;
  const grpc::CallbackServerContext* context_;
  absl::Time received_;
  absl::Time started_;
};

// Runs `handler(Engine&, const CallContext&) -> absl::Status` on `pool` and finishes the call with
// what it returns: UNAVAILABLE while there is no engine, RESOURCE_EXHAUSTED at once if the pool is
// full. The request and response that the handler captured live until then.
template <typename Handler>
grpc::ServerUnaryReactor* RunOnPool(const ServiceState& state, WorkerPool& pool,
                                    grpc::CallbackServerContext* context,
                                    const google::protobuf::Message& request, Handler handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const bool accepted = pool.TrySubmit(
      request.SpaceUsedLong(),
      [&state, context, reactor, received = absl::Now(), handler = std::move(handler)] {
        const CallContext call(state, context, received);
        absl::Status status = call();  // it may have waited for longer than the client did
        const absl::StatusOr<std::shared_ptr<Engine>> engine = state.engine();
        if (status.ok()) status = engine.status();
        if (status.ok()) status = handler(**engine, call);
        reactor->Finish(ToGrpcStatus(status));
      });
  if (!accepted) {
    reactor->Finish(ToGrpcStatus(TooManyCalls()));
  }
  return reactor;
}

}  // namespace nestor

#endif  // NESTOR_SERVER_UNARY_CALL_H_
