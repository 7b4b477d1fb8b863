#ifndef NESTOR_CLIENT_RETRY_H_
#define NESTOR_CLIENT_RETRY_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace nestor {

// How to go on when the server is full or away, for calls that may be sent twice: wait `initial`,
// then twice as long each time up to `longest`, but never less than the server asked for, until the
// waits of one call add up to `budget`.
struct RetryPolicy {
  absl::Duration initial = absl::Milliseconds(50);
  absl::Duration longest = absl::Seconds(2);
  absl::Duration budget = absl::Seconds(30);
};

// UNAVAILABLE, and RESOURCE_EXHAUSTED with a RetryDelay: without one, as when a message is larger
// than the channel allows, another try fails like the first.
bool IsRetryable(const absl::Status& status);

// The waits of one call, in order.
//
// Thread safety: none; one call has one.
class Backoff {
 public:
  explicit Backoff(const RetryPolicy& policy) : policy_(policy), next_(policy.initial) {}

  // How long to wait after `status`; nullopt when the budget is spent.
  std::optional<absl::Duration> Next(const absl::Status& status);

 private:
  RetryPolicy policy_;
  absl::Duration next_;
  absl::Duration spent_ = absl::ZeroDuration();
};

}  // namespace nestor

#endif  // NESTOR_CLIENT_RETRY_H_
