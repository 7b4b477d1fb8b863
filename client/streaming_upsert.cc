#include "client/streaming_upsert.h"

#include <algorithm>
#include <utility>

#include "client/error_details.h"
#include "client/item_errors.h"

namespace nestor {

StreamingUpsert::StreamingUpsert(const Client& client, StreamingUpsertOptions options)
    : client_(client), options_(std::move(options)), backoff_(options_.retry) {
  Open();
}

StreamingUpsert::~StreamingUpsert() {
  if (connection_ == nullptr) return;
  connection_->context.TryCancel();
  (void)Close();
}

void StreamingUpsert::Open() {
  {
    absl::MutexLock lock(&mu_);
    broken_ = false;
  }
  connection_ = std::make_unique<Connection>();
  connection_->stream = client_.OpenUpsertStream(&connection_->context);
  connection_->reader =
      std::thread([this, stream = connection_->stream.get()] { ReadAcks(*stream); });
}

void StreamingUpsert::ReadAcks(Stream& stream) {
  v1::UpsertAck ack;
  while (stream.Read(&ack)) Acknowledge(ack);
  absl::MutexLock lock(&mu_);
  broken_ = true;
}

void StreamingUpsert::Acknowledge(const v1::UpsertAck& ack) {
  absl::MutexLock lock(&mu_);
  while (!unacknowledged_.empty() && unacknowledged_.front()->chunk() <= ack.chunk()) {
    unacknowledged_.pop_front();
  }
  result_.acknowledged = std::max(result_.acknowledged, ack.chunk());
  result_.sequence = ack.sequence();
  const std::vector<v1::ItemError> errors = OnePerItem(ack.errors());
  result_.refused += errors.size();
  for (const v1::ItemError& error : errors) {
    if (result_.errors.size() == kMaxErrorsKept) break;
    result_.errors.push_back({ack.chunk(), error});
  }
  backoff_ = Backoff(options_.retry);
}

absl::Status StreamingUpsert::Close() {
  connection_->reader.join();
  const absl::Status status = FromGrpcStatus(connection_->stream->Finish());
  connection_ = nullptr;
  return status;
}

absl::Status StreamingUpsert::Send(v1::UpsertChunk chunk) {
  if (!status_.ok()) return status_;
  chunk.set_collection(options_.collection);
  chunk.set_chunk(++last_chunk_);
  status_ = AwaitFewerThan(std::max<size_t>(1, options_.max_unacknowledged));
  const auto kept = std::make_shared<const v1::UpsertChunk>(std::move(chunk));
  {
    absl::MutexLock lock(&mu_);
    unacknowledged_.push_back(kept);
  }
  // A connection that does not take it is opened again by whoever waits next.
  if (status_.ok()) (void)connection_->stream->Write(*kept);
  return status_;
}

absl::Status StreamingUpsert::AwaitFewerThan(size_t limit) {
  const auto ready = [this, limit]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    return broken_ || unacknowledged_.size() < limit;
  };
  for (;;) {
    {
      absl::MutexLock lock(&mu_);
      mu_.Await(absl::Condition(&ready));
      if (!broken_ || (unacknowledged_.empty() && limit == 1)) return absl::OkStatus();
    }
    if (absl::Status status = Reopen(); !status.ok()) return status;
  }
}

absl::Status StreamingUpsert::Reopen() {
  absl::Status status = Close();
  if (status.ok()) status = absl::UnavailableError("the server ended the stream");
  if (!IsRetryable(status)) return status;
  std::optional<absl::Duration> wait;
  std::vector<std::shared_ptr<const v1::UpsertChunk>> again;
  {
    absl::MutexLock lock(&mu_);
    wait = backoff_.Next(status);
    again.assign(unacknowledged_.begin(), unacknowledged_.end());
    if (wait.has_value()) result_.resent += again.size();
  }
  if (!wait.has_value()) return status;
  options_.sleep(*wait);
  Open();
  for (const auto& chunk : again) {
    if (!connection_->stream->Write(*chunk)) break;  // broken again: whoever waits sees it
  }
  return absl::OkStatus();
}

StreamingUpsertResult StreamingUpsert::Finish() {
  if (status_.ok()) status_ = AwaitFewerThan(1);
  if (connection_ != nullptr) {
    // All is acknowledged: how the connection ends is of no interest any more.
    (void)connection_->stream->WritesDone();
    (void)Close();
  }
  absl::MutexLock lock(&mu_);
  result_.status = status_;
  for (const auto& chunk : unacknowledged_) result_.unknown.push_back(chunk->chunk());
  return result_;
}

}  // namespace nestor
