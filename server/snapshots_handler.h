#ifndef NESTOR_SERVER_SNAPSHOTS_HANDLER_H_
#define NESTOR_SERVER_SNAPSHOTS_HANDLER_H_

#include "absl/status/status.h"
#include "engine/search_types.h"
#include "engine/snapshots.h"
#include "nestor/v1/snapshots.pb.h"

// What the calls of nestor.v1.Snapshots do, without gRPC. As points_handler.h.
//
// Thread safety: thread-safe.

namespace nestor {

absl::Status HandleCreateSnapshot(Snapshots& snapshots, const v1::CreateSnapshotRequest& request,
                                  StopCheck stop, v1::Snapshot* response);
absl::Status HandleListSnapshots(Snapshots& snapshots, const v1::ListSnapshotsRequest& request,
                                 StopCheck stop, v1::ListSnapshotsResponse* response);
absl::Status HandleDeleteSnapshot(Snapshots& snapshots, const v1::DeleteSnapshotRequest& request);
absl::Status HandleRestoreSnapshot(Snapshots& snapshots, const v1::RestoreSnapshotRequest& request,
                                   StopCheck stop, v1::Collection* response);
absl::Status HandleVerifySnapshot(Snapshots& snapshots, const v1::VerifySnapshotRequest& request,
                                  StopCheck stop, v1::Snapshot* response);

}  // namespace nestor

#endif  // NESTOR_SERVER_SNAPSHOTS_HANDLER_H_
