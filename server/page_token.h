#ifndef NESTOR_SERVER_PAGE_TOKEN_H_
#define NESTOR_SERVER_PAGE_TOKEN_H_

#include <cstdint>
#include <string>

#include "engine/violations.h"
#include "storage/types.h"

// Where a scroll goes on: behind an id, in the order of ids. Replacing a point does not move it in
// that order, so a scroll sees every point that exists throughout, once. To users a token is
// opaque; inside it is the web-safe base64 of the collection's uuid (36 bytes), the fingerprint of
// the filter (4 bytes, little-endian; 0 without one) and the encoded id.

namespace nestor {

// What a scroll goes over.
struct ScrollScope {
  std::string uuid;     // of the collection
  uint32_t filter = 0;  // FilterFingerprint
};

std::string WriteScrollToken(const PointId& last, const ScrollScope& scope);

// An empty token is an empty id: from the start. A token that is malformed, of another collection
// or of another filter is a violation.
PointId ReadScrollToken(const std::string& token, const ScrollScope& scope, Violations* violations);

}  // namespace nestor

#endif  // NESTOR_SERVER_PAGE_TOKEN_H_
