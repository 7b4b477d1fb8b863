#ifndef NESTOR_SERVER_PAYLOAD_DEPTH_H_
#define NESTOR_SERVER_PAYLOAD_DEPTH_H_

#include "absl/strings/string_view.h"
#include "engine/violations.h"
#include "nestor/v1/common.pb.h"

namespace nestor {

// A violation if objects and lists lie within each other more than kMaxPayloadLevels deep. Protobuf
// reads a message up to 100 deep and an object costs three of them, so that a payload which came in
// with an upsert could otherwise be too deep for the answer of a batch of searches.
void CheckPayloadDepth(const v1::Payload& payload, absl::string_view field, Violations* violations);

}  // namespace nestor

#endif  // NESTOR_SERVER_PAYLOAD_DEPTH_H_
