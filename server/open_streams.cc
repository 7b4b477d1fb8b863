#include "server/open_streams.h"

#include "engine/limits.h"

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

void OpenStreams::Drain() {
  absl::MutexLock lock(&mu_);
  draining_ = true;
  for (Stream* stream : streams_) stream->Drain();
}

bool OpenStreams::Hold(size_t bytes) {
  const size_t held = held_.fetch_add(bytes);
  if (held == 0 || held + bytes <= kMaxStreamBytes) return true;
  held_ -= bytes;
  return false;
}

}  // namespace nestor
