#ifndef NESTOR_TESTS_CRASH_WRITE_HEALTH_H_
#define NESTOR_TESTS_CRASH_WRITE_HEALTH_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/client.h"

namespace nestor::testing {

// What the health service says of "write", the name that asks whether the server takes writes: OK,
// UnavailableError with the status, or the call's error.
absl::Status CheckWriteHealth(const std::string& address);

// Returns once a write succeeds and the health service says so too. DeadlineExceededError with the
// last refusal after `patience`; *took is how long it was.
absl::Status WaitUntilWritable(const Client& client, const std::string& address,
                               absl::Duration patience, absl::Duration* took);

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CRASH_WRITE_HEALTH_H_
