#include "server/upsert_stream.h"

#include <utility>

#include "engine/limits.h"
#include "engine/retry_later.h"

namespace nestor {
namespace {

size_t PointsOf(const v1::UpsertChunk& chunk) {
  return static_cast<size_t>(chunk.points_size()) + static_cast<size_t>(chunk.columns().ids_size());
}

}  // namespace

bool UpsertStream::WantsMore() const { return waiting_bytes_ < kStreamReadAheadBytes; }

void UpsertStream::Take(Received chunk) {
  waiting_bytes_ += chunk.bytes;
  waiting_.push_back(std::move(chunk));
}

void UpsertStream::Work() {
  if (writing_group_ || outgoing() >= kMaxAcks) return;
  if (group_.empty()) CutGroup();
  if (group_.empty()) return;
  writing_group_ = Submit(state().writers(), group_bytes_, [this] { WriteGroup(); });
  if (!writing_group_) Stalled(TooManyCalls());
}

bool UpsertStream::Idle() const { return waiting_.empty() && group_.empty(); }

void UpsertStream::CutGroup() {
  size_t points = 0;
  while (!waiting_.empty()) {
    Received& next = waiting_.front();
    points += PointsOf(next.message);
    if (!group_.empty() &&
        (points > kMaxBatchPoints || group_bytes_ + next.bytes > kStreamReadAheadBytes)) {
      break;
    }
    waiting_bytes_ -= next.bytes;
    group_bytes_ += next.bytes;
    group_.push_back(std::move(next.message));
    waiting_.pop_front();
  }
}

void UpsertStream::WriteGroup() {
  const absl::StatusOr<std::shared_ptr<Engine>> engine = state().engine();
  absl::Status status = ContextOf(absl::Now())();
  if (status.ok()) status = engine.status();
  std::vector<v1::UpsertAck> acks;
  if (status.ok()) status = writer_.Write(**engine, group_, &acks);
  absl::MutexLock lock(&mu_);
  writing_group_ = false;
  if (IsRetryLater(status)) return Stalled(status);
  Finished(status, std::move(acks));
}

void UpsertStream::Finished(const absl::Status& status, std::vector<v1::UpsertAck> acks) {
  Release(std::exchange(group_bytes_, 0));
  group_.clear();
  progress_ = absl::InfiniteFuture();
  if (!status.ok()) End(status);
  for (v1::UpsertAck& ack : acks) Answer(std::move(ack));
}

void UpsertStream::Stalled(const absl::Status& status) {
  const absl::Time now = absl::Now();
  if (progress_ == absl::InfiniteFuture()) progress_ = now;
  if (now - progress_ > kPatience) return End(status);
  WorkLater(kStallWait);
}

}  // namespace nestor
