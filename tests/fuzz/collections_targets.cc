// One target for each request message of nestor.v1.Collections.

#include "google/protobuf/empty.pb.h"
#include "server/collections_handler.h"
#include "tests/fuzz/request_target.h"

namespace nestor::testing {
namespace {

using google::protobuf::Empty;

absl::Status Delete(Engine& engine, const v1::DeleteCollectionRequest& request, Empty*) {
  return HandleDeleteCollection(engine, request);
}

absl::Status GetStats(Engine& engine, const v1::GetCollectionStatsRequest& request,
                      v1::CollectionStats* response) {
  return HandleGetStats(engine, request.name(), response);
}

// The answer is the statistics of the end of the wait; here, those of its start.
absl::Status Calibrate(Engine& engine, const v1::CalibrateRequest& request,
                       v1::CollectionStats* response) {
  const absl::StatusOr<CollectionWait> wait = StartCalibrate(engine, request);
  return wait.ok() ? HandleGetStats(engine, request.name(), response) : wait.status();
}

absl::Status WaitForIndex(Engine& engine, const v1::WaitForIndexRequest& request,
                          v1::CollectionStats* response) {
  const absl::StatusOr<CollectionWait> wait = StartWaitForIndex(engine, request);
  return wait.ok() ? HandleGetStats(engine, request.name(), response) : wait.status();
}

}  // namespace

std::vector<FuzzTarget> CollectionsTargets() {
  return {
      RequestTarget<v1::CreateCollectionRequest, v1::Collection>(Effect::kWrites,
                                                                 HandleCreateCollection),
      RequestTarget<v1::GetCollectionRequest, v1::Collection>(Effect::kReads, HandleGetCollection),
      RequestTarget<v1::ListCollectionsRequest, v1::ListCollectionsResponse>(Effect::kReads,
                                                                             HandleListCollections),
      RequestTarget<v1::DeleteCollectionRequest, Empty>(Effect::kWrites, Delete),
      RequestTarget<v1::GetCollectionStatsRequest, v1::CollectionStats>(Effect::kReads, GetStats),
      RequestTarget<v1::WaitForIndexRequest, v1::CollectionStats>(Effect::kWrites, WaitForIndex),
      RequestTarget<v1::CalibrateRequest, v1::CollectionStats>(Effect::kWrites, Calibrate),
      RequestTarget<v1::AdviseRequest, v1::Advice>(Effect::kReads, HandleAdvise),
      RequestTarget<v1::CreatePayloadIndexRequest, v1::Collection>(Effect::kWrites,
                                                                   HandleCreatePayloadIndex),
      RequestTarget<v1::DeletePayloadIndexRequest, v1::Collection>(Effect::kWrites,
                                                                   HandleDeletePayloadIndex),
  };
}

}  // namespace nestor::testing
