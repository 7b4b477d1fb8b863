#include "client/retry.h"

#include <algorithm>

#include "client/error_details.h"

namespace nestor {

bool IsRetryable(const absl::Status& status) {
  return absl::IsUnavailable(status) ||
         (absl::IsResourceExhausted(status) && RetryDelay(status).has_value());
}

std::optional<absl::Duration> Backoff::Next(const absl::Status& status) {
  const absl::Duration wait = std::max(next_, RetryDelay(status).value_or(absl::ZeroDuration()));
  if (spent_ + wait > policy_.budget) return std::nullopt;
  spent_ += wait;
  next_ = std::min(next_ * 2, policy_.longest);
  return wait;
}

}  // namespace nestor
