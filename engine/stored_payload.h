#ifndef NESTOR_ENGINE_STORED_PAYLOAD_H_
#define NESTOR_ENGINE_STORED_PAYLOAD_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace nestor {

// What is wrong with the bytes of a payload that do not come from a request: InvalidArgumentError
// if they are no storage::PayloadRecord, more than kMaxPayloadBytes, or nested deeper than
// kMaxPayloadLevels. No bytes are no payload, which is fine.
absl::Status CheckStoredPayload(absl::string_view bytes);

}  // namespace nestor

#endif  // NESTOR_ENGINE_STORED_PAYLOAD_H_
