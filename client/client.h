#ifndef NESTOR_CLIENT_CLIENT_H_
#define NESTOR_CLIENT_CLIENT_H_

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "nestor/v1/collections.grpc.pb.h"
#include "nestor/v1/points.grpc.pb.h"
#include "nestor/v1/server.grpc.pb.h"
#include "nestor/v1/snapshots.grpc.pb.h"

namespace nestor {

inline constexpr char kDefaultServerAddress[] = "127.0.0.1:6434";

// The largest message that the client sends or accepts.
inline constexpr int kMaxClientMessageBytes = 64 << 20;

struct CallOptions {
  // The call fails with DEADLINE_EXCEEDED after this long. absl::InfiniteDuration(): no deadline.
  absl::Duration timeout = absl::Seconds(30);
};

// A connection to one Nestor server: one method per unary call of the Collections, Points,
// Snapshots and Server services, each answering with the response message or the server's status
// (see client/error_details.h for what more it says).
//
//   nestor::Client client("127.0.0.1:6434");
//   nestor::v1::CountRequest request;
//   request.set_collection("docs");
//   absl::StatusOr<nestor::v1::CountResponse> count = client.Count(request);
//
// Connecting happens at the first call. Where no server listens the answer is UNAVAILABLE at once,
// and where nobody answers at all within some five seconds; nothing is retried here, because only
// the caller knows what may be sent twice. (Upsert and Delete may: see client/retry.h.) The channel
// uses no TLS, no compression and no HTTP proxy.
//
// Thread safety: every method may be called from any thread at any time; the calls share one
// connection.
class Client {
 public:
  // `address` is host:port, or any other gRPC target.
  explicit Client(const std::string& address);
  explicit Client(const std::shared_ptr<grpc::ChannelInterface>& channel);

  absl::StatusOr<v1::Collection> CreateCollection(const v1::CreateCollectionRequest& request,
                                                  const CallOptions& options = {}) const;
  absl::StatusOr<v1::Collection> GetCollection(const v1::GetCollectionRequest& request,
                                               const CallOptions& options = {}) const;
  absl::StatusOr<v1::ListCollectionsResponse> ListCollections(
      const v1::ListCollectionsRequest& request, const CallOptions& options = {}) const;
  absl::Status DeleteCollection(const v1::DeleteCollectionRequest& request,
                                const CallOptions& options = {}) const;
  absl::StatusOr<v1::CollectionStats> GetCollectionStats(
      const v1::GetCollectionStatsRequest& request, const CallOptions& options = {}) const;
  // Waits as long as the index takes: no deadline unless `options` says otherwise.
  absl::StatusOr<v1::CollectionStats> WaitForIndex(const v1::WaitForIndexRequest& request,
                                                   const CallOptions& options = {
                                                       .timeout = absl::InfiniteDuration()}) const;

  // These wait as long as it takes, as above.
  absl::StatusOr<v1::CollectionStats> Calibrate(const v1::CalibrateRequest& request,
                                                const CallOptions& options = {
                                                    .timeout = absl::InfiniteDuration()}) const;

  absl::StatusOr<v1::Advice> Advise(const v1::AdviseRequest& request,
                                    const CallOptions& options = {
                                        .timeout = absl::InfiniteDuration()}) const;

  absl::StatusOr<v1::Collection> CreatePayloadIndex(const v1::CreatePayloadIndexRequest& request,
                                                    const CallOptions& options = {}) const;
  absl::StatusOr<v1::Collection> DeletePayloadIndex(const v1::DeletePayloadIndexRequest& request,
                                                    const CallOptions& options = {}) const;

  absl::StatusOr<v1::SearchResponse> Search(const v1::SearchRequest& request,
                                            const CallOptions& options = {}) const;
  absl::StatusOr<v1::SearchBatchResponse> SearchBatch(const v1::SearchBatchRequest& request,
                                                      const CallOptions& options = {}) const;
  // Waits as long as it takes, as Calibrate does.
  absl::StatusOr<v1::MeasureRecallResponse> MeasureRecall(
      const v1::MeasureRecallRequest& request,
      const CallOptions& options = {.timeout = absl::InfiniteDuration()}) const;
  // The streams themselves: see StreamingUpsert and StreamingSearch. `context` must outlive them.
  std::unique_ptr<grpc::ClientReaderWriterInterface<v1::UpsertChunk, v1::UpsertAck>>
  OpenUpsertStream(grpc::ClientContext* context) const;
  std::unique_ptr<grpc::ClientReaderWriterInterface<v1::SearchRequest, v1::SearchResponse>>
  OpenSearchStream(grpc::ClientContext* context) const;
  absl::StatusOr<v1::WriteResponse> Upsert(const v1::UpsertRequest& request,
                                           const CallOptions& options = {}) const;
  absl::StatusOr<v1::WriteResponse> UpdatePayload(const v1::UpdatePayloadRequest& request,
                                                  const CallOptions& options = {}) const;
  absl::StatusOr<v1::WriteResponse> Delete(const v1::DeleteRequest& request,
                                           const CallOptions& options = {}) const;
  absl::StatusOr<v1::GetResponse> Get(const v1::GetRequest& request,
                                      const CallOptions& options = {}) const;
  absl::StatusOr<v1::CountResponse> Count(const v1::CountRequest& request,
                                          const CallOptions& options = {}) const;
  absl::StatusOr<v1::ScrollResponse> Scroll(const v1::ScrollRequest& request,
                                            const CallOptions& options = {}) const;

  // Those that read or write a whole snapshot take as long as that takes: no deadline unless
  // `options` says otherwise.
  absl::StatusOr<v1::Snapshot> CreateSnapshot(const v1::CreateSnapshotRequest& request,
                                              const CallOptions& options = {
                                                  .timeout = absl::InfiniteDuration()}) const;
  absl::StatusOr<v1::ListSnapshotsResponse> ListSnapshots(const v1::ListSnapshotsRequest& request,
                                                          const CallOptions& options = {}) const;
  absl::Status DeleteSnapshot(const v1::DeleteSnapshotRequest& request,
                              const CallOptions& options = {}) const;
  absl::StatusOr<v1::Collection> RestoreSnapshot(const v1::RestoreSnapshotRequest& request,
                                                 const CallOptions& options = {
                                                     .timeout = absl::InfiniteDuration()}) const;
  absl::StatusOr<v1::Snapshot> VerifySnapshot(const v1::VerifySnapshotRequest& request,
                                              const CallOptions& options = {
                                                  .timeout = absl::InfiniteDuration()}) const;

  // Of the server itself, whatever it is doing; UNIMPLEMENTED from one that is too old to say.
  absl::StatusOr<v1::ServerInfo> GetServerInfo(const v1::GetServerInfoRequest& request,
                                               const CallOptions& options = {}) const;

 private:
  std::unique_ptr<v1::Collections::StubInterface> collections_;
  std::unique_ptr<v1::Points::StubInterface> points_;
  std::unique_ptr<v1::Snapshots::StubInterface> snapshots_;
  std::unique_ptr<v1::Server::StubInterface> server_;
};

// A channel as Client makes it, with a connection of its own: for callers of the generated stubs
// that want several connections to one server.
std::shared_ptr<grpc::Channel> NewConnection(const std::string& address);

}  // namespace nestor

#endif  // NESTOR_CLIENT_CLIENT_H_
