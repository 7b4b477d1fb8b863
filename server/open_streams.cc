#include "server/open_streams.h"

#include "spdlog/spdlog.h"

namespace nestor {

void OpenStreams::Add(Stream* stream) {
  absl::MutexLock lock(&mu_);
  streams_.insert(stream);
  if (draining_) stream->Drain();
}

void OpenStreams::Remove(Stream* stream) {
  absl::MutexLock lock(&mu_);
  streams_.erase(stream);
}

void OpenStreams::MakeRoom(absl::Time now) {
  absl::MutexLock lock(&mu_);
  if (now < next_look_) return;
  next_look_ = now + limits_.patience / 30;
  for (Stream* stream : streams_) {
    if (stream->CancelIfStuck(now - limits_.patience)) {
      spdlog::warn(
          "a stream was cancelled: all streams hold as much as they may, and its client "
          "took no answer for {}",
          absl::FormatDuration(limits_.patience));
    }
  }
}

void OpenStreams::Drain() {
  absl::MutexLock lock(&mu_);
  draining_ = true;
  for (Stream* stream : streams_) stream->Drain();
}

}  // namespace nestor
