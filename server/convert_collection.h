#ifndef NESTOR_SERVER_CONVERT_COLLECTION_H_
#define NESTOR_SERVER_CONVERT_COLLECTION_H_

#include "absl/status/statusor.h"
#include "engine/collection.h"
#include "engine/collection_spec.h"
#include "nestor/v1/collections.pb.h"

namespace nestor {

// A valid spec from the wire. InvalidArgumentError with every violation.
absl::StatusOr<CollectionSpec> ReadCollection(const v1::Collection& collection);

// The collection as its user asked for it, with what the server adds.
void WriteCollection(const Collection& collection, v1::Collection* out);

// `field` is the path that violations name.
IndexedField ReadPayloadIndex(const v1::PayloadIndex& index, absl::string_view field,
                              Violations* violations);

void WriteAdvice(const Advice& advice, v1::Advice* out);
void WriteStats(const CollectionStats& stats, v1::CollectionStats* out);

}  // namespace nestor

#endif  // NESTOR_SERVER_CONVERT_COLLECTION_H_
