#ifndef NESTOR_SERVER_INDEX_WAIT_REACTOR_H_
#define NESTOR_SERVER_INDEX_WAIT_REACTOR_H_

#include <memory>

#include "absl/time/time.h"
#include "grpcpp/alarm.h"
#include "grpcpp/grpcpp.h"
#include "nestor/v1/collections.pb.h"
#include "server/collections_handler.h"
#include "server/service_state.h"

namespace nestor {

// Answers WaitForIndex: a worker closes the delta, then a timer looks every few milliseconds
// whether indexing has caught up, so that a wait of minutes holds no thread. Owns itself: gRPC's
// OnDone is its end.
class IndexWaitReactor : public grpc::ServerUnaryReactor {
  struct Private {};  // Start is the only way to make one

 public:
  // `request` and `response` live until the call is finished, as gRPC has it.
  static grpc::ServerUnaryReactor* Start(ServiceState& state, grpc::CallbackServerContext* context,
                                         const v1::WaitForIndexRequest* request,
                                         v1::CollectionStats* response);

  IndexWaitReactor(Private, ServiceState& state, grpc::CallbackServerContext* context,
                   v1::CollectionStats* response)
      : state_(state), context_(context), response_(response), received_(absl::Now()) {}

 private:
  void Seal(const v1::WaitForIndexRequest& request);
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
  IndexWait wait_;
  grpc::Alarm alarms_[2];
  int next_alarm_ = 0;
};

}  // namespace nestor

#endif  // NESTOR_SERVER_INDEX_WAIT_REACTOR_H_
