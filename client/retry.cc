#include "client/retry.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace nestor {

bool IsRetryable(const absl::Status& status) {
  // gRPC reports a message beyond the limits of the channel as RESOURCE_EXHAUSTED as well; it would
  // be too large the next time, too.
  const bool too_large = absl::StrContains(status.message(), "message larger than max");
  return (absl::IsResourceExhausted(status) && !too_large) || absl::IsUnavailable(status);
}

std::optional<absl::Duration> Backoff::Next() {
  if (spent_ + next_ > policy_.budget) return std::nullopt;
  const absl::Duration wait = next_;
  spent_ += wait;
  next_ = std::min(next_ * 2, policy_.longest);
  return wait;
}

}  // namespace nestor
