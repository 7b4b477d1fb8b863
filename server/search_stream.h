#ifndef NESTOR_SERVER_SEARCH_STREAM_H_
#define NESTOR_SERVER_SEARCH_STREAM_H_

#include <deque>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/engine.h"
#include "nestor/v1/points.pb.h"
#include "server/stream_reactor.h"

namespace nestor {

// Answers SearchStream: as many workers as the pool has threads take the queries of the stream, one
// by one or as TakeTogether says, and each answer is sent when it is there. What goes wrong with
// one query is its answer; the stream goes on.
class SearchStream : public StreamReactor<v1::SearchRequest, v1::SearchResponse> {
 public:
  using StreamReactor::StreamReactor;

 private:
  static constexpr size_t kMaxQueries = 64;  // waiting or not yet sent
  // Answers that wait for the client: more are not begun.
  static constexpr size_t kMaxAnswerBytes = size_t{4} << 20;
  // After so many, or a few more, a worker goes to the back of the pool's queue, for the sake of
  // other calls.
  static constexpr size_t kQueriesInARow = 16;

  bool WantsMore() const override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Take(Received query) override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Work() override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool Idle() const override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  bool CanBegin() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void RunQueries();
  std::vector<v1::SearchResponse> AnswersTo(absl::Span<const Received> queries,
                                            const absl::StatusOr<std::shared_ptr<Engine>>& engine);

  std::deque<Received> waiting_ ABSL_GUARDED_BY(mu_);
  size_t waiting_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  int workers_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace nestor

#endif  // NESTOR_SERVER_SEARCH_STREAM_H_
