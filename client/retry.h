#ifndef NESTOR_CLIENT_RETRY_H_
#define NESTOR_CLIENT_RETRY_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace nestor {

// How to go on when the server is full (RESOURCE_EXHAUSTED) or away (UNAVAILABLE), for calls that
// may be sent twice: wait `initial`, then twice as long each time up to `longest`, until the waits
// of one call add up to `budget`.
struct RetryPolicy {
  absl::Duration initial = absl::Milliseconds(50);
  absl::Duration longest = absl::Seconds(2);
  absl::Duration budget = absl::Seconds(30);
};

bool IsRetryable(const absl::Status& status);

// The waits of one call, in order.
//
// Thread safety: none; one call has one.
class Backoff {
 public:
  explicit Backoff(const RetryPolicy& policy) : policy_(policy), next_(policy.initial) {}

  // How long to wait now; nullopt when the budget is spent.
  std::optional<absl::Duration> Next();

 private:
  RetryPolicy policy_;
  absl::Duration next_;
  absl::Duration spent_ = absl::ZeroDuration();
};

}  // namespace nestor

#endif  // NESTOR_CLIENT_RETRY_H_
