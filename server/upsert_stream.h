#ifndef NESTOR_SERVER_UPSERT_STREAM_H_
#define NESTOR_SERVER_UPSERT_STREAM_H_

#include <chrono>
#include <deque>
#include <vector>

#include "nestor/v1/points.pb.h"
#include "server/chunk_writer.h"
#include "server/stream_reactor.h"

namespace nestor {

// Answers UpsertStream: one group of chunks after the other is written by a worker while the next
// ones are read; what arrived during one commit shares the next. While indexing is behind, the
// stream waits, and so does its client; only after kPatience does it end with RESOURCE_EXHAUSTED.
class UpsertStream : public StreamReactor<v1::UpsertChunk, v1::UpsertAck> {
 public:
  using StreamReactor::StreamReactor;

 private:
  static constexpr absl::Duration kPatience = absl::Seconds(30);
  static constexpr std::chrono::milliseconds kStallWait{100};
  static constexpr size_t kMaxAcks = 64;  // that may wait for the client

  bool WantsMore() const override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Take(Received chunk) override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Work() override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool Idle() const override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  void WriteGroup();
  // The next chunks that together make one write.
  void CutGroup() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Finished(const absl::Status& status, std::vector<v1::UpsertAck> acks)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Nothing was written: goes on after a while, or ends.
  void Stalled(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  std::deque<Received> waiting_ ABSL_GUARDED_BY(mu_);
  size_t waiting_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  bool writing_group_ ABSL_GUARDED_BY(mu_) = false;
  absl::Time progress_ ABSL_GUARDED_BY(mu_) = absl::InfiniteFuture();  // the last one, once stalled
  // Touched by the one task that writes the group, otherwise under the lock.
  std::vector<v1::UpsertChunk> group_;
  size_t group_bytes_ = 0;
  ChunkWriter writer_;
};

}  // namespace nestor

#endif  // NESTOR_SERVER_UPSERT_STREAM_H_
