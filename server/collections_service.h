#ifndef NESTOR_SERVER_COLLECTIONS_SERVICE_H_
#define NESTOR_SERVER_COLLECTIONS_SERVICE_H_

#include "nestor/v1/collections.grpc.pb.h"
#include "server/service_state.h"

namespace nestor {

// nestor.v1.Collections over gRPC, as points_service.h.
//
// Thread safety: thread-safe.
class CollectionsService : public v1::Collections::CallbackService {
 public:
  // `state` must outlive the server that this service is registered with.
  explicit CollectionsService(ServiceState& state) : state_(state) {}

  grpc::ServerUnaryReactor* CreateCollection(grpc::CallbackServerContext* context,
                                             const v1::CreateCollectionRequest* request,
                                             v1::Collection* response) override;
  grpc::ServerUnaryReactor* GetCollection(grpc::CallbackServerContext* context,
                                          const v1::GetCollectionRequest* request,
                                          v1::Collection* response) override;
  grpc::ServerUnaryReactor* ListCollections(grpc::CallbackServerContext* context,
                                            const v1::ListCollectionsRequest* request,
                                            v1::ListCollectionsResponse* response) override;
  grpc::ServerUnaryReactor* DeleteCollection(grpc::CallbackServerContext* context,
                                             const v1::DeleteCollectionRequest* request,
                                             google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* GetCollectionStats(grpc::CallbackServerContext* context,
                                               const v1::GetCollectionStatsRequest* request,
                                               v1::CollectionStats* response) override;
  grpc::ServerUnaryReactor* CreatePayloadIndex(grpc::CallbackServerContext* context,
                                               const v1::CreatePayloadIndexRequest* request,
                                               v1::Collection* response) override;
  grpc::ServerUnaryReactor* DeletePayloadIndex(grpc::CallbackServerContext* context,
                                               const v1::DeletePayloadIndexRequest* request,
                                               v1::Collection* response) override;
  grpc::ServerUnaryReactor* Advise(grpc::CallbackServerContext* context,
                                   const v1::AdviseRequest* request, v1::Advice* response) override;
  // These wait on a timer, not on a worker: it may take minutes.
  grpc::ServerUnaryReactor* WaitForIndex(grpc::CallbackServerContext* context,
                                         const v1::WaitForIndexRequest* request,
                                         v1::CollectionStats* response) override;
  grpc::ServerUnaryReactor* Calibrate(grpc::CallbackServerContext* context,
                                      const v1::CalibrateRequest* request,
                                      v1::CollectionStats* response) override;

 private:
  ServiceState& state_;
};

}  // namespace nestor

#endif  // NESTOR_SERVER_COLLECTIONS_SERVICE_H_
