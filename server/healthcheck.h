#ifndef NESTOR_SERVER_HEALTHCHECK_H_
#define NESTOR_SERVER_HEALTHCHECK_H_

#include <string>

#include "absl/status/status.h"

namespace nestor {

// OK if the server at `address` answers that it is SERVING, within a few seconds; otherwise what it
// or gRPC said. An address that listens everywhere (0.0.0.0, [::]) is asked on loopback.
absl::Status CheckHealth(const std::string& address);

}  // namespace nestor

#endif  // NESTOR_SERVER_HEALTHCHECK_H_
