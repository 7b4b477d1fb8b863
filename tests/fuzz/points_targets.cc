// One target for each request message of nestor.v1.Points.

#include <utility>
#include <vector>

#include "server/chunk_writer.h"
#include "server/points_handler.h"
#include "storage/check.h"
#include "tests/fuzz/request_target.h"

namespace nestor::testing {
namespace {

absl::Status Search(Engine& engine, const v1::SearchRequest& request,
                    v1::SearchResponse* response) {
  SearchCall call{&request, NeverStop, absl::ZeroDuration(), response, absl::OkStatus()};
  HandleSearch(engine, {&call, 1});
  return call.status;
}

absl::Status SearchBatch(Engine& engine, const v1::SearchBatchRequest& request,
                         v1::SearchBatchResponse* response) {
  return HandleSearchBatch(engine, request, NeverStop, absl::ZeroDuration(),
                           absl::InfiniteDuration(), response);
}

absl::Status MeasureRecall(Engine& engine, const v1::MeasureRecallRequest& request,
                           v1::MeasureRecallResponse* response) {
  return HandleMeasureRecall(engine, request, NeverStop, response);
}

// A stream of one chunk, twice: the second one is a stream that resends.
absl::Status UpsertChunk(Engine& engine, const v1::UpsertChunk& request, v1::UpsertAck* response) {
  std::vector<v1::UpsertAck> acks;
  absl::Status status = ChunkWriter().Write(engine, {&request, 1}, &acks);
  if (!status.ok()) return status;
  NESTOR_CHECK(acks.size() == 1);
  std::vector<v1::UpsertAck> again;
  NESTOR_CHECK(ChunkWriter().Write(engine, {&request, 1}, &again).ok());
  NESTOR_CHECK(again.size() == 1 && again[0].errors_size() == acks[0].errors_size());
  *response = std::move(acks[0]);
  return absl::OkStatus();
}

absl::Status UpdatePayload(Engine& engine, const v1::UpdatePayloadRequest& request,
                           v1::WriteResponse* response) {
  return HandleUpdatePayload(engine, request, NeverStop, response);
}

absl::Status Delete(Engine& engine, const v1::DeleteRequest& request, v1::WriteResponse* response) {
  return HandleDelete(engine, request, NeverStop, response);
}

absl::Status Count(Engine& engine, const v1::CountRequest& request, v1::CountResponse* response) {
  return HandleCount(engine, request, NeverStop, response);
}

absl::Status Scroll(Engine& engine, const v1::ScrollRequest& request,
                    v1::ScrollResponse* response) {
  return HandleScroll(engine, request, NeverStop, response);
}

}  // namespace

std::vector<FuzzTarget> PointsTargets() {
  return {
      RequestTarget<v1::SearchRequest, v1::SearchResponse>(Effect::kReads, Search),
      RequestTarget<v1::SearchBatchRequest, v1::SearchBatchResponse>(Effect::kReads, SearchBatch),
      RequestTarget<v1::MeasureRecallRequest, v1::MeasureRecallResponse>(Effect::kReads,
                                                                         MeasureRecall),
      RequestTarget<v1::UpsertRequest, v1::WriteResponse>(Effect::kWrites, HandleUpsert),
      RequestTarget<v1::UpsertChunk, v1::UpsertAck>(Effect::kWrites, UpsertChunk),
      RequestTarget<v1::UpdatePayloadRequest, v1::WriteResponse>(Effect::kWrites, UpdatePayload),
      RequestTarget<v1::DeleteRequest, v1::WriteResponse>(Effect::kWrites, Delete),
      RequestTarget<v1::GetRequest, v1::GetResponse>(Effect::kReads, HandleGet),
      RequestTarget<v1::CountRequest, v1::CountResponse>(Effect::kReads, Count),
      RequestTarget<v1::ScrollRequest, v1::ScrollResponse>(Effect::kReads, Scroll),
  };
}

}  // namespace nestor::testing
