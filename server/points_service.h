#ifndef NESTOR_SERVER_POINTS_SERVICE_H_
#define NESTOR_SERVER_POINTS_SERVICE_H_

#include "nestor/v1/points.grpc.pb.h"
#include "server/arena_messages.h"
#include "server/search_queue.h"
#include "server/service_state.h"

namespace nestor {

template <typename Service>
using WithSearches =
    v1::Points::WithCallbackMethod_Search<v1::Points::WithCallbackMethod_SearchBatch<
        v1::Points::WithRawCallbackMethod_SearchStream<Service>>>;
template <typename Service>
using WithMeasuring = v1::Points::WithCallbackMethod_MeasureRecall<Service>;
template <typename Service>
using WithReads = v1::Points::WithCallbackMethod_Get<
    v1::Points::WithCallbackMethod_Count<v1::Points::WithCallbackMethod_Scroll<Service>>>;
template <typename Service>
using WithWrites = v1::Points::WithCallbackMethod_Upsert<
    v1::Points::WithRawCallbackMethod_UpsertStream<v1::Points::WithCallbackMethod_UpdatePayload<
        v1::Points::WithCallbackMethod_Delete<Service>>>>;
// The streams get bytes: see StreamReactor.
using PointsCallbackService =
    WithSearches<WithMeasuring<WithReads<WithWrites<v1::Points::Service>>>>;

// nestor.v1.Points over gRPC: hands each call to a worker and nothing else.
//
// Thread safety: thread-safe.
class PointsService : public PointsCallbackService {
 public:
  // `state` must outlive the server that this service is registered with.
  explicit PointsService(ServiceState& state);

  grpc::ServerUnaryReactor* Search(grpc::CallbackServerContext* context,
                                   const v1::SearchRequest* request,
                                   v1::SearchResponse* response) override;
  grpc::ServerUnaryReactor* SearchBatch(grpc::CallbackServerContext* context,
                                        const v1::SearchBatchRequest* request,
                                        v1::SearchBatchResponse* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* SearchStream(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* MeasureRecall(grpc::CallbackServerContext* context,
                                          const v1::MeasureRecallRequest* request,
                                          v1::MeasureRecallResponse* response) override;
  grpc::ServerUnaryReactor* Upsert(grpc::CallbackServerContext* context,
                                   const v1::UpsertRequest* request,
                                   v1::WriteResponse* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* UpsertStream(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* UpdatePayload(grpc::CallbackServerContext* context,
                                          const v1::UpdatePayloadRequest* request,
                                          v1::WriteResponse* response) override;
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const v1::DeleteRequest* request,
                                   v1::WriteResponse* response) override;
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context, const v1::GetRequest* request,
                                v1::GetResponse* response) override;
  grpc::ServerUnaryReactor* Count(grpc::CallbackServerContext* context,
                                  const v1::CountRequest* request,
                                  v1::CountResponse* response) override;
  grpc::ServerUnaryReactor* Scroll(grpc::CallbackServerContext* context,
                                   const v1::ScrollRequest* request,
                                   v1::ScrollResponse* response) override;

 private:
  ServiceState& state_;
  SearchQueue searches_;
  ArenaMessages<v1::SearchRequest, v1::SearchResponse> search_messages_;
  ArenaMessages<v1::SearchBatchRequest, v1::SearchBatchResponse> batch_messages_;
  ArenaMessages<v1::UpsertRequest, v1::WriteResponse> upsert_messages_;
};

}  // namespace nestor

#endif  // NESTOR_SERVER_POINTS_SERVICE_H_
