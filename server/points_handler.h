#ifndef NESTOR_SERVER_POINTS_HANDLER_H_
#define NESTOR_SERVER_POINTS_HANDLER_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/engine.h"
#include "engine/search_types.h"
#include "nestor/v1/points.pb.h"

// What the calls of nestor.v1.Points do, without gRPC: convert and validate once, call the engine,
// convert back. Every function returns the status of the call; on an error *response means nothing.
//
// Thread safety: thread-safe.

namespace nestor {

// One of the searches that are answered together.
struct SearchCall {
  const v1::SearchRequest* request;
  StopCheck stop;
  absl::Duration queue_time;
  v1::SearchResponse* response;  // means nothing unless status is OK
  absl::Status status;           // of the call; if it is not OK before, the call is over
  absl::Duration time_left = absl::InfiniteDuration();  // until the client's deadline
};
// Calls for one collection. REQUIRES: there is one, or none of them has a filter.
void HandleSearch(Engine& engine, absl::Span<SearchCall> calls);
// A query that is no valid vector gets an error in its own response; the others are answered.
absl::Status HandleSearchBatch(Engine& engine, const v1::SearchBatchRequest& request,
                               StopCheck stop, absl::Duration queue_time, absl::Duration time_left,
                               v1::SearchBatchResponse* response);
absl::Status HandleMeasureRecall(Engine& engine, const v1::MeasureRecallRequest& request,
                                 StopCheck stop, v1::MeasureRecallResponse* response);
absl::Status HandleUpsert(Engine& engine, const v1::UpsertRequest& request,
                          v1::WriteResponse* response);
absl::Status HandleDelete(Engine& engine, const v1::DeleteRequest& request, StopCheck stop,
                          v1::WriteResponse* response);
absl::Status HandleUpdatePayload(Engine& engine, const v1::UpdatePayloadRequest& request,
                                 StopCheck stop, v1::WriteResponse* response);
absl::Status HandleGet(Engine& engine, const v1::GetRequest& request, v1::GetResponse* response);
absl::Status HandleCount(Engine& engine, const v1::CountRequest& request, StopCheck stop,
                         v1::CountResponse* response);
absl::Status HandleScroll(Engine& engine, const v1::ScrollRequest& request, StopCheck stop,
                          v1::ScrollResponse* response);

}  // namespace nestor

#endif  // NESTOR_SERVER_POINTS_HANDLER_H_
