#include "benchmarks/load/grpc_sender.h"

#include <utility>

#include "benchmarks/load/rank_payload.h"
#include "client/client.h"

namespace nestor::bench {
namespace {

// What one call needs until it is answered.
template <typename Request, typename Response>
struct Call {
  grpc::ClientContext context;
  Request request;
  Response response;
};

template <typename Request, typename Response>
std::shared_ptr<Call<Request, Response>> NewCall(absl::Duration timeout) {
  auto call = std::make_shared<Call<Request, Response>>();
  call->context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  return call;
}

absl::StatusCode CodeOf(const grpc::Status& status) {
  return static_cast<absl::StatusCode>(status.error_code());  // the two agree
}

// A write of one point fails if the point is refused.
OperationResult ResultOf(const grpc::Status& status, const v1::WriteResponse& response) {
  if (!status.ok() || response.errors().empty()) return {CodeOf(status)};
  return {static_cast<absl::StatusCode>(response.errors(0).code())};
}

uint16_t FoundIn(const v1::SearchResponse& response, uint32_t query, const TruthSet& truth) {
  std::vector<uint64_t> ids;
  ids.reserve(static_cast<size_t>(response.hits_size()));
  for (const v1::Hit& hit : response.hits()) {
    if (hit.id().has_num()) ids.push_back(hit.id().num());
  }
  return truth.Found(query, ids);
}

}  // namespace

GrpcSender::GrpcSender(const GrpcSenderOptions& options, const SenderData& data)
    : options_(options), data_(data) {
  for (int i = 0; i < options.connections; ++i) {
    stubs_.push_back(v1::Points::NewStub(NewConnection(options.server)));
  }
}

void GrpcSender::Send(const Operation& operation, OperationDone done) {
  switch (operation.kind) {
    case OperationKind::kSearch:
      return Search(operation, std::move(done));
    case OperationKind::kUpsert:
      return Upsert(operation.row, std::move(done));
    case OperationKind::kDelete:
      return Delete(operation.row, std::move(done));
  }
}

void GrpcSender::Search(const Operation& operation, OperationDone done) {
  auto call = NewCall<v1::SearchRequest, v1::SearchResponse>(options_.timeout);
  const v1::SearchRequest* request = &data_.searches[operation.query];
  if (operation.explain) {  // few are
    call->request = *request;
    call->request.set_explain(true);
    request = &call->request;
  }
  NextStub().Search(
      &call->context, request, &call->response,
      [call, query = operation.query, intended_ns = operation.intended_ns, &truth = data_.truth,
       &stages = data_.stages, done = std::move(done)](const grpc::Status& status) {
        OperationResult result{CodeOf(status)};
        if (status.ok()) result.found = FoundIn(call->response, query, truth);
        if (call->response.has_stats()) stages.Add(intended_ns, call->response.stats());
        done(result);
      });
}

void GrpcSender::Upsert(uint32_t row, OperationDone done) {
  auto call = NewCall<v1::UpsertRequest, v1::WriteResponse>(options_.timeout);
  call->request =
      UpsertOfRows(data_.searches.front().collection(), data_.base, data_.ranks, {&row, 1});
  NextStub().Upsert(&call->context, &call->request, &call->response,
                    [call, done = std::move(done)](const grpc::Status& status) {
                      done(ResultOf(status, call->response));
                    });
}

void GrpcSender::Delete(uint32_t row, OperationDone done) {
  auto call = NewCall<v1::DeleteRequest, v1::WriteResponse>(options_.timeout);
  call->request.set_collection(data_.searches.front().collection());
  call->request.mutable_selector()->mutable_ids()->add_ids()->set_num(row);
  NextStub().Delete(&call->context, &call->request, &call->response,
                    [call, done = std::move(done)](const grpc::Status& status) {
                      done(ResultOf(status, call->response));
                    });
}

v1::Points::StubInterface::async_interface& GrpcSender::NextStub() {
  return *stubs_[next_.fetch_add(1, std::memory_order_relaxed) % stubs_.size()]->async();
}

v1::UpsertRequest UpsertOfRows(const std::string& collection, const FloatMatrix& base,
                               const std::vector<uint32_t>& ranks,
                               absl::Span<const uint32_t> rows) {
  v1::UpsertRequest request;
  request.set_collection(collection);
  for (const uint32_t row : rows) {
    v1::Point& point = *request.add_points();
    point.mutable_id()->set_num(row);
    point.mutable_vector()->set_packed(base.Row(row), base.dims * sizeof(float));
    *point.mutable_payload() = RankPayload(ranks[row]);
  }
  return request;
}

}  // namespace nestor::bench
