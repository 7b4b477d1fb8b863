#include "server/snapshots_service.h"

#include "server/snapshots_handler.h"
#include "server/unary_call.h"

namespace nestor {
namespace {

absl::Status StopOf(const ServiceState& state, const CallContext& call) {
  if (state.draining()) return absl::UnavailableError("the server is shutting down");
  return call();
}

}  // namespace

grpc::ServerUnaryReactor* SnapshotsService::CreateSnapshot(grpc::CallbackServerContext* context,
                                                           const v1::CreateSnapshotRequest* request,
                                                           v1::Snapshot* response) {
  return RunOnPool(state_, state_.slow_workers(), context, *request,
                   [this, request, response](Engine&, const CallContext& call) {
                     return HandleCreateSnapshot(
                         state_.snapshots(), *request, [&] { return StopOf(state_, call); },
                         response);
                   });
}

grpc::ServerUnaryReactor* SnapshotsService::ListSnapshots(grpc::CallbackServerContext* context,
                                                          const v1::ListSnapshotsRequest* request,
                                                          v1::ListSnapshotsResponse* response) {
  return RunOnPool(state_, state_.readers(), context, *request,
                   [this, request, response](Engine&, const CallContext& call) {
                     return HandleListSnapshots(state_.snapshots(), *request, call, response);
                   });
}

grpc::ServerUnaryReactor* SnapshotsService::DeleteSnapshot(grpc::CallbackServerContext* context,
                                                           const v1::DeleteSnapshotRequest* request,
                                                           google::protobuf::Empty*) {
  return RunOnPool(state_, state_.writers(), context, *request,
                   [this, request](Engine&, const CallContext&) {
                     return HandleDeleteSnapshot(state_.snapshots(), *request);
                   });
}

grpc::ServerUnaryReactor* SnapshotsService::RestoreSnapshot(
    grpc::CallbackServerContext* context, const v1::RestoreSnapshotRequest* request,
    v1::Collection* response) {
  return RunOnPool(state_, state_.slow_workers(), context, *request,
                   [this, request, response](Engine&, const CallContext& call) {
                     return HandleRestoreSnapshot(
                         state_.snapshots(), *request, [&] { return StopOf(state_, call); },
                         response);
                   });
}

grpc::ServerUnaryReactor* SnapshotsService::VerifySnapshot(grpc::CallbackServerContext* context,
                                                           const v1::VerifySnapshotRequest* request,
                                                           v1::Snapshot* response) {
  return RunOnPool(state_, state_.slow_workers(), context, *request,
                   [this, request, response](Engine&, const CallContext& call) {
                     return HandleVerifySnapshot(
                         state_.snapshots(), *request, [&] { return StopOf(state_, call); },
                         response);
                   });
}

}  // namespace nestor
