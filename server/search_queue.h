#ifndef NESTOR_SERVER_SEARCH_QUEUE_H_
#define NESTOR_SERVER_SEARCH_QUEUE_H_

#include <deque>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "nestor/v1/points.pb.h"
#include "server/service_state.h"

namespace nestor {

// The calls of Search that read all rows and wait for a worker. Each has a task; what TakeTogether
// takes with it is answered by the same task, and has none any more. Other calls are better off
// without: a seventh of their rate would go into the detour.
//
// Thread safety: thread-safe.
class SearchQueue {
 public:
  // `state` must outlive it; it must outlive the calls.
  explicit SearchQueue(ServiceState& state) : state_(state) {}

  // Whether a call is one of these.
  bool Takes(const v1::SearchRequest& request) const;
  // As RunOnPool with the readers.
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context,
                                   const v1::SearchRequest* request, v1::SearchResponse* response);

 private:
  struct Call {
    grpc::CallbackServerContext* context;
    const v1::SearchRequest* request;
    v1::SearchResponse* response;
    grpc::ServerUnaryReactor* reactor;
    absl::Time received;
  };

  // Tasks share it: one that has begun before its call was taken by another finds nothing to do,
  // and may do so after the end of the SearchQueue.
  struct Waiting {
    absl::Mutex mu;
    std::deque<Call> calls ABSL_GUARDED_BY(mu);
  };

  void AnswerWithOthers(const v1::SearchRequest* request, Waiting& waiting);

  ServiceState& state_;
  const std::shared_ptr<Waiting> waiting_ = std::make_shared<Waiting>();
};

}  // namespace nestor

#endif  // NESTOR_SERVER_SEARCH_QUEUE_H_
