#ifndef NESTOR_CLIENT_STREAMING_UPSERT_H_
#define NESTOR_CLIENT_STREAMING_UPSERT_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/client.h"
#include "client/retry.h"

namespace nestor {

struct StreamingUpsertOptions {
  std::string collection;
  // Chunks sent and not yet acknowledged; they are kept to be sent again. At least 1.
  size_t max_unacknowledged = 16;
  RetryPolicy retry = {};  // its budget is for the waits between two acknowledgements
  std::function<void(absl::Duration)> sleep = absl::SleepFor;
};

struct ChunkError {
  uint64_t chunk = 0;
  v1::ItemError error;  // index: of the point in the chunk
};

inline constexpr size_t kMaxErrorsKept = 1000;

struct StreamingUpsertResult {
  absl::Status status;
  // Every chunk up to this one is durable and searchable; later ones are unknown: each of them may
  // or may not have been written.
  uint64_t acknowledged = 0;
  std::vector<uint64_t> unknown;
  uint64_t sequence = 0;           // of the last acknowledged write
  uint64_t resent = 0;             // chunks that were sent more than once
  uint64_t refused = 0;            // points that the server refused; the others are written
  std::vector<ChunkError> errors;  // of the first kMaxErrorsKept of them
};

// Writes points through one call, chunk by chunk and in their order, without waiting for each. When
// the connection is cut or the server is full, the stream is opened again and what was not
// acknowledged is sent again: the same points are written twice, which is harmless as long as
// nobody else writes or deletes them at the same time.
//
//   nestor::StreamingUpsert stream(client, {.collection = "docs"});
//   for (v1::UpsertChunk& chunk : chunks) {
//     if (!stream.Send(std::move(chunk)).ok()) break;
//   }
//   nestor::StreamingUpsertResult result = stream.Finish();
//
// Thread safety: none; one thread at a time.
class StreamingUpsert {
 public:
  // `client` must outlive this.
  StreamingUpsert(const Client& client, StreamingUpsertOptions options);
  // Cancels what is not finished.
  ~StreamingUpsert();

  // `chunk` with points or columns; its number (1, 2, ...) and collection are filled in. Waits
  // while too many are not acknowledged. An error has ended the stream: call Finish.
  absl::Status Send(v1::UpsertChunk chunk);
  // Waits until all is acknowledged or an error ended the stream. Call once.
  StreamingUpsertResult Finish();

 private:
  using Stream = grpc::ClientReaderWriterInterface<v1::UpsertChunk, v1::UpsertAck>;

  // One call, and the thread that reads its acknowledgements.
  struct Connection {
    grpc::ClientContext context;
    std::unique_ptr<Stream> stream;
    std::thread reader;
  };

  void Open();
  void ReadAcks(Stream& stream);
  void Acknowledge(const v1::UpsertAck& ack);
  // Ends the connection; its status.
  absl::Status Close();
  // After the connection broke: a new one, on which everything unacknowledged is sent again. The
  // error if that is of no use; the stream is then over.
  absl::Status Reopen();
  // Waits until less than `limit` chunks are unacknowledged, on as many connections as it takes.
  absl::Status AwaitFewerThan(size_t limit);
  absl::Status WriteTo(Stream& stream, const v1::UpsertChunk& chunk);

  const Client& client_;
  const StreamingUpsertOptions options_;
  std::unique_ptr<Connection> connection_;
  uint64_t last_chunk_ = 0;
  absl::Status status_;  // what ended the stream

  absl::Mutex mu_;
  std::deque<std::shared_ptr<const v1::UpsertChunk>> unacknowledged_ ABSL_GUARDED_BY(mu_);
  bool broken_ ABSL_GUARDED_BY(mu_) = false;  // no further acknowledgement will come
  Backoff backoff_ ABSL_GUARDED_BY(mu_);
  StreamingUpsertResult result_ ABSL_GUARDED_BY(mu_);
};

}  // namespace nestor

#endif  // NESTOR_CLIENT_STREAMING_UPSERT_H_
