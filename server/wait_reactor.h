#ifndef NESTOR_SERVER_WAIT_REACTOR_H_
#define NESTOR_SERVER_WAIT_REACTOR_H_

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/alarm.h"
#include "grpcpp/grpcpp.h"
#include "nestor/v1/collections.pb.h"
#include "server/collections_handler.h"
#include "server/service_state.h"

namespace nestor {

// Answers a call that waits for background work of a collection with its statistics: a worker
// starts the wait, then a timer looks every few milliseconds whether it is over, so that a wait of
// minutes holds no thread. Owns itself: gRPC's OnDone is its end.
class WaitReactor : public grpc::ServerUnaryReactor {
  struct Private {};  // Start is the only way to make one

 public:
  using StartWait = std::function<absl::StatusOr<CollectionWait>(Engine& engine)>;

  // `response` lives until the call is finished, as gRPC has it.
  static grpc::ServerUnaryReactor* Start(ServiceState& state, grpc::CallbackServerContext* context,
                                         StartWait start, v1::CollectionStats* response);

  WaitReactor(Private, ServiceState& state, grpc::CallbackServerContext* context,
              v1::CollectionStats* response)
      : state_(state), context_(context), response_(response), received_(absl::Now()) {}

 private:
  void Begin(const StartWait& start);
  void Look();
  void LookLater();
  void Answer();
  // Lets go of the engine before it tells a client, which may take its time to listen.
  void End(const absl::Status& status);
  void OnDone() override { delete this; }

  ServiceState& state_;
  grpc::CallbackServerContext* context_;
  v1::CollectionStats* response_;
  absl::Time received_;
  std::shared_ptr<Engine> engine_;  // that is waited for
  CollectionWait wait_;
  grpc::Alarm alarms_[2];
  int next_alarm_ = 0;
};

}  // namespace nestor

#endif  // NESTOR_SERVER_WAIT_REACTOR_H_
