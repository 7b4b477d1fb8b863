#ifndef NESTOR_CLIENT_ERROR_DETAILS_H_
#define NESTOR_CLIENT_ERROR_DETAILS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/support/status.h"

namespace nestor {

// The same code and message. The google.rpc details that the server sent are the payloads of the
// result, by type URL.
absl::Status FromGrpcStatus(const grpc::Status& status);

struct FieldViolation {
  std::string field;  // path in the request message: points[3].vector
  std::string problem;
};
// What the server found wrong with the request, field by field; of very many the first only.
std::vector<FieldViolation> FieldViolations(const absl::Status& status);

// How long to wait before the same call may succeed; nothing if the server did not say.
std::optional<absl::Duration> RetryDelay(const absl::Status& status);

}  // namespace nestor

#endif  // NESTOR_CLIENT_ERROR_DETAILS_H_
