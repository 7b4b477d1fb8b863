#ifndef NESTOR_SERVER_COLLECTIONS_HANDLER_H_
#define NESTOR_SERVER_COLLECTIONS_HANDLER_H_

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

// A WaitForIndex call between its start and its answer.
struct IndexWait {
  std::shared_ptr<Collection> collection;
  Sequence sequence;  // wait for Collection::IsIndexed of it
};
// Closes the delta, so that the wait ends. OutOfRangeError if the sequence is ahead of the last
// write.
absl::StatusOr<IndexWait> StartWaitForIndex(Engine& engine, const v1::WaitForIndexRequest& request);

}  // namespace nestor

#endif  // NESTOR_SERVER_COLLECTIONS_HANDLER_H_
