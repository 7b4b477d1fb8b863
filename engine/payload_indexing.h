#ifndef NESTOR_ENGINE_PAYLOAD_INDEXING_H_
#define NESTOR_ENGINE_PAYLOAD_INDEXING_H_

#include <atomic>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/delta.h"
#include "engine/payload_index.h"
#include "engine/row_bitmap.h"
#include "engine/segment.h"
#include "engine/view.h"
#include "storage/point_store.h"

// Where the payload indexes of a segment come from: the delta that it was, the segments that were
// merged into it, or the store.

namespace nestor {

// Of the fields whose values `delta` keeps. REQUIRES: all rows of `segment` are in `delta`.
std::shared_ptr<const PayloadIndex> IndexFromDelta(const Delta& delta, const Segment& segment);

// Rows of one part whose payloads every filter reads because they were patched: with more of them a
// segment is indexed anew, and a delta becomes a segment.
inline constexpr size_t kMaxPatchedRows = 256;

// Whether IndexFromStore has something to do for a segment: a field is not indexed, or so many rows
// are patched that reading their payloads in every filter costs more.
bool PayloadIndexIsDue(const View::SegmentPart& part, const PayloadSchema& schema);

struct PayloadMergeInput {
  const Segment* segment = nullptr;
  const PayloadIndex* payloads = nullptr;
};
// Of those fields of `schema` that every input has. Rows of the inputs that are not in `merged` are
// left behind.
std::shared_ptr<const PayloadIndex> MergePayloadIndexes(const PayloadSchema& schema,
                                                        absl::Span<const PayloadMergeInput> inputs,
                                                        const Segment& merged);

// All fields of `schema`: what `have` has, but for the rows that were `patched` since; and the rest
// from the payloads in the store. Rows that the store no longer has are left out. The store's
// errors, CancelledError once `cancelled`, and ResourceExhaustedError if memory runs out.
absl::StatusOr<std::shared_ptr<const PayloadIndex>> IndexFromStore(
    const StoreSnapshot& snapshot, CollectionNumber collection, const Segment& segment,
    const PayloadSchema& schema, const PayloadIndex& have, const RowSet& patched,
    const std::atomic<bool>& cancelled);

}  // namespace nestor

#endif  // NESTOR_ENGINE_PAYLOAD_INDEXING_H_
