#ifndef NESTOR_SERVER_PAGE_TOKEN_H_
#define NESTOR_SERVER_PAGE_TOKEN_H_

#include <string>

#include "engine/collection_spec.h"
#include "engine/violations.h"
#include "storage/types.h"

// Where a scroll goes on: behind an id, in the order of ids. Replacing a point does not move it in
// that order, so a scroll sees every point that exists throughout, once. To users a token is
// opaque; inside it is the web-safe base64 of the collection's uuid (36 bytes) and the encoded id.

namespace nestor {

std::string WriteScrollToken(const PointId& last, const ResolvedSpec& spec);

// An empty token is an empty id: from the start. A token that is malformed or of another collection
// is a violation.
PointId ReadScrollToken(const std::string& token, const ResolvedSpec& spec, Violations* violations);

}  // namespace nestor

#endif  // NESTOR_SERVER_PAGE_TOKEN_H_
