#include "client/client.h"

#include "client/error_details.h"

namespace nestor {
namespace {

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxClientMessageBytes);
  arguments.SetMaxSendMessageSize(kMaxClientMessageBytes);
  arguments.SetCompressionAlgorithm(GRPC_COMPRESS_NONE);
  // An address means that machine: http_proxy in the environment must not redirect a loopback call.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // A server that restarts is found again within a second or two instead of gRPC's two minutes.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  // In spite of its name how long one attempt may take: a busy server, or one that is far away,
  // needs its time.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);
  // Just above the five minutes that a gRPC server tolerates by default: a call that waits for
  // hours notices a dead peer, and no server takes the pings for an attack.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 330'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  return arguments;
}

std::shared_ptr<grpc::Channel> Connect(const std::string& address,
                                       const grpc::ChannelArguments& arguments) {
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Call(Stub& stub,
                              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                           Response*),
                              const Request& request, const CallOptions& options) {
  grpc::ClientContext context;
  if (options.timeout != absl::InfiniteDuration()) {
    context.set_deadline(absl::ToChronoTime(absl::Now() + options.timeout));
  }
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return FromGrpcStatus(status);
  return response;
}

using CollectionsStub = v1::Collections::StubInterface;
using PointsStub = v1::Points::StubInterface;
using SnapshotsStub = v1::Snapshots::StubInterface;
using ServerStub = v1::Server::StubInterface;

}  // namespace

Client::Client(const std::string& address) : Client(Connect(address, Arguments())) {}

Client::Client(const std::shared_ptr<grpc::ChannelInterface>& channel)
    : collections_(v1::Collections::NewStub(channel)),
      points_(v1::Points::NewStub(channel)),
      snapshots_(v1::Snapshots::NewStub(channel)),
      server_(v1::Server::NewStub(channel)) {}

absl::StatusOr<v1::Collection> Client::CreateCollection(const v1::CreateCollectionRequest& request,
                                                        const CallOptions& options) const {
  return Call(*collections_, &CollectionsStub::CreateCollection, request, options);
}

absl::StatusOr<v1::Collection> Client::GetCollection(const v1::GetCollectionRequest& request,
                                                     const CallOptions& options) const {
  return Call(*collections_, &CollectionsStub::GetCollection, request, options);
}

absl::StatusOr<v1::ListCollectionsResponse> Client::ListCollections(
    const v1::ListCollectionsRequest& request, const CallOptions& options) const {
  return Call(*collections_, &CollectionsStub::ListCollections, request, options);
}

absl::Status Client::DeleteCollection(const v1::DeleteCollectionRequest& request,
                                      const CallOptions& options) const {
  return Call(*collections_, &CollectionsStub::DeleteCollection, request, options).status();
}

absl::StatusOr<v1::CollectionStats> Client::GetCollectionStats(
    const v1::GetCollectionStatsRequest& request, const CallOptions& options) const {
  return Call(*collections_, &CollectionsStub::GetCollectionStats, request, options);
}

absl::StatusOr<v1::CollectionStats> Client::WaitForIndex(const v1::WaitForIndexRequest& request,
                                                         const CallOptions& options) const {
  return Call(*collections_, &CollectionsStub::WaitForIndex, request, options);
}

absl::StatusOr<v1::CollectionStats> Client::Calibrate(const v1::CalibrateRequest& request,
                                                      const CallOptions& options) const {
  return Call(*collections_, &CollectionsStub::Calibrate, request, options);
}

absl::StatusOr<v1::Advice> Client::Advise(const v1::AdviseRequest& request,
                                          const CallOptions& options) const {
  return Call(*collections_, &CollectionsStub::Advise, request, options);
}

absl::StatusOr<v1::Collection> Client::CreatePayloadIndex(
    const v1::CreatePayloadIndexRequest& request, const CallOptions& options) const {
  return Call(*collections_, &CollectionsStub::CreatePayloadIndex, request, options);
}

absl::StatusOr<v1::Collection> Client::DeletePayloadIndex(
    const v1::DeletePayloadIndexRequest& request, const CallOptions& options) const {
  return Call(*collections_, &CollectionsStub::DeletePayloadIndex, request, options);
}

absl::StatusOr<v1::SearchResponse> Client::Search(const v1::SearchRequest& request,
                                                  const CallOptions& options) const {
  return Call(*points_, &PointsStub::Search, request, options);
}

absl::StatusOr<v1::SearchBatchResponse> Client::SearchBatch(const v1::SearchBatchRequest& request,
                                                            const CallOptions& options) const {
  return Call(*points_, &PointsStub::SearchBatch, request, options);
}

absl::StatusOr<v1::MeasureRecallResponse> Client::MeasureRecall(
    const v1::MeasureRecallRequest& request, const CallOptions& options) const {
  return Call(*points_, &PointsStub::MeasureRecall, request, options);
}

std::unique_ptr<grpc::ClientReaderWriterInterface<v1::UpsertChunk, v1::UpsertAck>>
Client::OpenUpsertStream(grpc::ClientContext* context) const {
  return points_->UpsertStream(context);
}

std::unique_ptr<grpc::ClientReaderWriterInterface<v1::SearchRequest, v1::SearchResponse>>
Client::OpenSearchStream(grpc::ClientContext* context) const {
  return points_->SearchStream(context);
}

absl::StatusOr<v1::WriteResponse> Client::Upsert(const v1::UpsertRequest& request,
                                                 const CallOptions& options) const {
  return Call(*points_, &PointsStub::Upsert, request, options);
}

absl::StatusOr<v1::WriteResponse> Client::UpdatePayload(const v1::UpdatePayloadRequest& request,
                                                        const CallOptions& options) const {
  return Call(*points_, &PointsStub::UpdatePayload, request, options);
}

absl::StatusOr<v1::WriteResponse> Client::Delete(const v1::DeleteRequest& request,
                                                 const CallOptions& options) const {
  return Call(*points_, &PointsStub::Delete, request, options);
}

absl::StatusOr<v1::GetResponse> Client::Get(const v1::GetRequest& request,
                                            const CallOptions& options) const {
  return Call(*points_, &PointsStub::Get, request, options);
}

absl::StatusOr<v1::CountResponse> Client::Count(const v1::CountRequest& request,
                                                const CallOptions& options) const {
  return Call(*points_, &PointsStub::Count, request, options);
}

absl::StatusOr<v1::ScrollResponse> Client::Scroll(const v1::ScrollRequest& request,
                                                  const CallOptions& options) const {
  return Call(*points_, &PointsStub::Scroll, request, options);
}

absl::StatusOr<v1::Snapshot> Client::CreateSnapshot(const v1::CreateSnapshotRequest& request,
                                                    const CallOptions& options) const {
  return Call(*snapshots_, &SnapshotsStub::CreateSnapshot, request, options);
}

absl::StatusOr<v1::ListSnapshotsResponse> Client::ListSnapshots(
    const v1::ListSnapshotsRequest& request, const CallOptions& options) const {
  return Call(*snapshots_, &SnapshotsStub::ListSnapshots, request, options);
}

absl::Status Client::DeleteSnapshot(const v1::DeleteSnapshotRequest& request,
                                    const CallOptions& options) const {
  return Call(*snapshots_, &SnapshotsStub::DeleteSnapshot, request, options).status();
}

absl::StatusOr<v1::Collection> Client::RestoreSnapshot(const v1::RestoreSnapshotRequest& request,
                                                       const CallOptions& options) const {
  return Call(*snapshots_, &SnapshotsStub::RestoreSnapshot, request, options);
}

absl::StatusOr<v1::Snapshot> Client::VerifySnapshot(const v1::VerifySnapshotRequest& request,
                                                    const CallOptions& options) const {
  return Call(*snapshots_, &SnapshotsStub::VerifySnapshot, request, options);
}

absl::StatusOr<v1::ServerInfo> Client::GetServerInfo(const v1::GetServerInfoRequest& request,
                                                     const CallOptions& options) const {
  return Call(*server_, &ServerStub::GetServerInfo, request, options);
}

std::shared_ptr<grpc::Channel> NewConnection(const std::string& address) {
  grpc::ChannelArguments arguments = Arguments();
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // else channels share connections
  return Connect(address, arguments);
}

}  // namespace nestor
