#ifndef NESTOR_ENGINE_RETRY_LATER_H_
#define NESTOR_ENGINE_RETRY_LATER_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace nestor {

// ResourceExhaustedError for what passes by itself: nothing was done, and the same call may succeed
// after `delay`, which is the status's payload as nestor.rpc.RetryInfo. What another try cannot
// mend is an absl::ResourceExhaustedError without it.
absl::Status RetryLaterError(absl::string_view message, absl::Duration delay);
bool IsRetryLater(const absl::Status& status);

}  // namespace nestor

#endif  // NESTOR_ENGINE_RETRY_LATER_H_
