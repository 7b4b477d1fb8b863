#ifndef NESTOR_SERVER_SNAPSHOTS_SERVICE_H_
#define NESTOR_SERVER_SNAPSHOTS_SERVICE_H_

#include "nestor/v1/snapshots.grpc.pb.h"
#include "server/service_state.h"

namespace nestor {

// nestor.v1.Snapshots over gRPC, as points_service.h. What reads or writes whole snapshots takes
// long and has a thread of its own, so that no search and no write waits for it; it gives up when
// the server drains. Listing and deleting are short and need not wait behind it.
//
// Thread safety: thread-safe.
class SnapshotsService : public v1::Snapshots::CallbackService {
 public:
  // `state` must outlive the server that this service is registered with.
  explicit SnapshotsService(ServiceState& state) : state_(state) {}

  grpc::ServerUnaryReactor* CreateSnapshot(grpc::CallbackServerContext* context,
                                           const v1::CreateSnapshotRequest* request,
                                           v1::Snapshot* response) override;
  grpc::ServerUnaryReactor* ListSnapshots(grpc::CallbackServerContext* context,
                                          const v1::ListSnapshotsRequest* request,
                                          v1::ListSnapshotsResponse* response) override;
  grpc::ServerUnaryReactor* DeleteSnapshot(grpc::CallbackServerContext* context,
                                           const v1::DeleteSnapshotRequest* request,
                                           google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* RestoreSnapshot(grpc::CallbackServerContext* context,
                                            const v1::RestoreSnapshotRequest* request,
                                            v1::Collection* response) override;
  grpc::ServerUnaryReactor* VerifySnapshot(grpc::CallbackServerContext* context,
                                           const v1::VerifySnapshotRequest* request,
                                           v1::Snapshot* response) override;

 private:
  ServiceState& state_;
};

}  // namespace nestor

#endif  // NESTOR_SERVER_SNAPSHOTS_SERVICE_H_
