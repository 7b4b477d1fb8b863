#ifndef NESTOR_SERVER_COLLECTIONS_HANDLER_H_
#define NESTOR_SERVER_COLLECTIONS_HANDLER_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/engine.h"
#include "nestor/v1/collections.pb.h"

// What the calls of nestor.v1.Collections do, without gRPC. As points_handler.h.
//
// Thread safety: thread-safe.

namespace nestor {

absl::Status HandleCreateCollection(Engine& engine, const v1::CreateCollectionRequest& request,
                                    v1::Collection* response);
absl::Status HandleGetCollection(Engine& engine, const v1::GetCollectionRequest& request,
                                 v1::Collection* response);
absl::Status HandleListCollections(Engine& engine, const v1::ListCollectionsRequest& request,
                                   v1::ListCollectionsResponse* response);
absl::Status HandleDeleteCollection(Engine& engine, const v1::DeleteCollectionRequest& request);
absl::Status HandleCreatePayloadIndex(Engine& engine, const v1::CreatePayloadIndexRequest& request,
                                      v1::Collection* response);
absl::Status HandleDeletePayloadIndex(Engine& engine, const v1::DeletePayloadIndexRequest& request,
                                      v1::Collection* response);
absl::Status HandleGetStats(Engine& engine, const std::string& name, v1::CollectionStats* response);
absl::Status HandleAdvise(Engine& engine, const v1::AdviseRequest& request, v1::Advice* response);

// A call that waits for background work, between its start and its answer.
struct CollectionWait {
  std::shared_ptr<Collection> collection;
  std::function<absl::StatusOr<bool>(const Collection&)> is_over;  // cheap
};
// Closes the delta, so that the wait ends. OutOfRangeError if the sequence is ahead of the last
// write.
absl::StatusOr<CollectionWait> StartWaitForIndex(Engine& engine,
                                                 const v1::WaitForIndexRequest& request);
// Closes the delta and asks for a calibration.
absl::StatusOr<CollectionWait> StartCalibrate(Engine& engine, const v1::CalibrateRequest& request);

}  // namespace nestor

#endif  // NESTOR_SERVER_COLLECTIONS_HANDLER_H_
