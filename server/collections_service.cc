#include "server/collections_service.h"

#include "server/collections_handler.h"
#include "server/unary_call.h"
#include "server/wait_reactor.h"

namespace nestor {

grpc::ServerUnaryReactor* CollectionsService::CreateCollection(
    grpc::CallbackServerContext* context, const v1::CreateCollectionRequest* request,
    v1::Collection* response) {
  return RunOnPool(state_, state_.writers(), context, *request,
                   [request, response](Engine& engine, const CallContext&) {
                     return HandleCreateCollection(engine, *request, response);
                   });
}

grpc::ServerUnaryReactor* CollectionsService::GetCollection(grpc::CallbackServerContext* context,
                                                            const v1::GetCollectionRequest* request,
                                                            v1::Collection* response) {
  return RunOnPool(state_, state_.readers(), context, *request,
                   [request, response](Engine& engine, const CallContext&) {
                     return HandleGetCollection(engine, *request, response);
                   });
}

grpc::ServerUnaryReactor* CollectionsService::ListCollections(
    grpc::CallbackServerContext* context, const v1::ListCollectionsRequest* request,
    v1::ListCollectionsResponse* response) {
  return RunOnPool(state_, state_.readers(), context, *request,
                   [request, response](Engine& engine, const CallContext&) {
                     return HandleListCollections(engine, *request, response);
                   });
}

grpc::ServerUnaryReactor* CollectionsService::DeleteCollection(
    grpc::CallbackServerContext* context, const v1::DeleteCollectionRequest* request,
    google::protobuf::Empty*) {
  return RunOnPool(state_, state_.writers(), context, *request,
                   [request](Engine& engine, const CallContext&) {
                     return HandleDeleteCollection(engine, *request);
                   });
}

grpc::ServerUnaryReactor* CollectionsService::GetCollectionStats(
    grpc::CallbackServerContext* context, const v1::GetCollectionStatsRequest* request,
    v1::CollectionStats* response) {
  return RunOnPool(state_, state_.readers(), context, *request,
                   [request, response](Engine& engine, const CallContext&) {
                     return HandleGetStats(engine, request->name(), response);
                   });
}

grpc::ServerUnaryReactor* CollectionsService::CreatePayloadIndex(
    grpc::CallbackServerContext* context, const v1::CreatePayloadIndexRequest* request,
    v1::Collection* response) {
  return RunOnPool(state_, state_.writers(), context, *request,
                   [request, response](Engine& engine, const CallContext&) {
                     return HandleCreatePayloadIndex(engine, *request, response);
                   });
}

grpc::ServerUnaryReactor* CollectionsService::DeletePayloadIndex(
    grpc::CallbackServerContext* context, const v1::DeletePayloadIndexRequest* request,
    v1::Collection* response) {
  return RunOnPool(state_, state_.writers(), context, *request,
                   [request, response](Engine& engine, const CallContext&) {
                     return HandleDeletePayloadIndex(engine, *request, response);
                   });
}

grpc::ServerUnaryReactor* CollectionsService::Advise(grpc::CallbackServerContext* context,
                                                     const v1::AdviseRequest* request,
                                                     v1::Advice* response) {
  return RunOnPool(state_, state_.slow_workers(), context, *request,
                   [request, response](Engine& engine, const CallContext&) {
                     return HandleAdvise(engine, *request, response);
                   });
}

grpc::ServerUnaryReactor* CollectionsService::WaitForIndex(grpc::CallbackServerContext* context,
                                                           const v1::WaitForIndexRequest* request,
                                                           v1::CollectionStats* response) {
  return WaitReactor::Start(
      state_, context, [request](Engine& engine) { return StartWaitForIndex(engine, *request); },
      response);
}

grpc::ServerUnaryReactor* CollectionsService::Calibrate(grpc::CallbackServerContext* context,
                                                        const v1::CalibrateRequest* request,
                                                        v1::CollectionStats* response) {
  return WaitReactor::Start(
      state_, context, [request](Engine& engine) { return StartCalibrate(engine, *request); },
      response);
}

}  // namespace nestor
