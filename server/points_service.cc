#include "server/points_service.h"

#include <memory>

#include "server/points_handler.h"
#include "server/search_stream.h"
#include "server/unary_call.h"
#include "server/upsert_stream.h"

namespace nestor {
namespace {

// gRPC deletes it when the call is done.
template <typename Stream>
Stream* StartStream(ServiceState& state, grpc::CallbackServerContext* context) {
  auto* stream = std::make_unique<Stream>(state, context).release();
  stream->Start();
  return stream;
}

}  // namespace

PointsService::PointsService(ServiceState& state) : state_(state), searches_(state) {
  SetMessageAllocatorFor_Search(&search_messages_);
  SetMessageAllocatorFor_SearchBatch(&batch_messages_);
  SetMessageAllocatorFor_Upsert(&upsert_messages_);
}

grpc::ServerUnaryReactor* PointsService::Search(grpc::CallbackServerContext* context,
                                                const v1::SearchRequest* request,
                                                v1::SearchResponse* response) {
  if (searches_.Takes(*request)) return searches_.Answer(context, request, response);
  return RunOnPool(state_, state_.readers(), context, *request,
                   [request, response](Engine& engine, const CallContext& call) {
                     SearchCall search{request,  call, call.queue_time(),
                                       response, {},   call.time_left()};
                     HandleSearch(engine, absl::MakeSpan(&search, 1));
                     return search.status;
                   });
}

grpc::ServerUnaryReactor* PointsService::SearchBatch(grpc::CallbackServerContext* context,
                                                     const v1::SearchBatchRequest* request,
                                                     v1::SearchBatchResponse* response) {
  return RunOnPool(state_, state_.readers(), context, *request,
                   [request, response](Engine& engine, const CallContext& call) {
                     return HandleSearchBatch(engine, *request, call, call.queue_time(),
                                              call.time_left(), response);
                   });
}

grpc::ServerUnaryReactor* PointsService::MeasureRecall(grpc::CallbackServerContext* context,
                                                       const v1::MeasureRecallRequest* request,
                                                       v1::MeasureRecallResponse* response) {
  return RunOnPool(state_, state_.slow_workers(), context, *request,
                   [request, response](Engine& engine, const CallContext& call) {
                     return HandleMeasureRecall(engine, *request, call, response);
                   });
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* PointsService::SearchStream(
    grpc::CallbackServerContext* context) {
  return StartStream<nestor::SearchStream>(state_, context);
}

grpc::ServerUnaryReactor* PointsService::Upsert(grpc::CallbackServerContext* context,
                                                const v1::UpsertRequest* request,
                                                v1::WriteResponse* response) {
  return RunOnPool(state_, state_.writers(), context, *request,
                   [request, response](Engine& engine, const CallContext&) {
                     return HandleUpsert(engine, *request, response);
                   });
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* PointsService::UpsertStream(
    grpc::CallbackServerContext* context) {
  return StartStream<nestor::UpsertStream>(state_, context);
}

grpc::ServerUnaryReactor* PointsService::UpdatePayload(grpc::CallbackServerContext* context,
                                                       const v1::UpdatePayloadRequest* request,
                                                       v1::WriteResponse* response) {
  return RunOnPool(state_, state_.writers(), context, *request,
                   [request, response](Engine& engine, const CallContext& call) {
                     return HandleUpdatePayload(engine, *request, call, response);
                   });
}

grpc::ServerUnaryReactor* PointsService::Delete(grpc::CallbackServerContext* context,
                                                const v1::DeleteRequest* request,
                                                v1::WriteResponse* response) {
  return RunOnPool(state_, state_.writers(), context, *request,
                   [request, response](Engine& engine, const CallContext& call) {
                     return HandleDelete(engine, *request, call, response);
                   });
}

grpc::ServerUnaryReactor* PointsService::Get(grpc::CallbackServerContext* context,
                                             const v1::GetRequest* request,
                                             v1::GetResponse* response) {
  return RunOnPool(state_, state_.readers(), context, *request,
                   [request, response](Engine& engine, const CallContext&) {
                     return HandleGet(engine, *request, response);
                   });
}

grpc::ServerUnaryReactor* PointsService::Count(grpc::CallbackServerContext* context,
                                               const v1::CountRequest* request,
                                               v1::CountResponse* response) {
  return RunOnPool(state_, state_.readers(), context, *request,
                   [request, response](Engine& engine, const CallContext& call) {
                     return HandleCount(engine, *request, call, response);
                   });
}

grpc::ServerUnaryReactor* PointsService::Scroll(grpc::CallbackServerContext* context,
                                                const v1::ScrollRequest* request,
                                                v1::ScrollResponse* response) {
  return RunOnPool(state_, state_.readers(), context, *request,
                   [request, response](Engine& engine, const CallContext& call) {
                     return HandleScroll(engine, *request, call, response);
                   });
}

}  // namespace nestor
