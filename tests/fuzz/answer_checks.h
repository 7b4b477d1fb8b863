#ifndef NESTOR_TESTS_FUZZ_ANSWER_CHECKS_H_
#define NESTOR_TESTS_FUZZ_ANSWER_CHECKS_H_

#include "absl/status/status.h"
#include "engine/engine.h"
#include "google/protobuf/message.h"

// What holds for every call, whatever the request. Each ends the process when it does not hold.

namespace nestor::testing {

// The status is one that a request may cause: never INTERNAL, UNKNOWN or DATA_LOSS. Its message is
// UTF-8 and fits into what gRPC carries.
void CheckStatus(const absl::Status& status);

// A client can read the answer: its strings are UTF-8, and it is not nested too deeply.
void CheckReadableByClient(const google::protobuf::Message& answer);

// After a write: every point of every collection can be read and searched, payloads and vectors
// included.
void CheckEverythingReadable(Engine& engine);

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_FUZZ_ANSWER_CHECKS_H_
