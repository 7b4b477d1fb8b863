#ifndef NESTOR_ENGINE_WRITE_TYPES_H_
#define NESTOR_ENGINE_WRITE_TYPES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/limits.h"
#include "engine/payload.h"
#include "engine/payload_schema.h"
#include "storage/types.h"

namespace nestor {

// One point of an upsert, valid: see ValidateVector. Views into the caller's memory.
struct UpsertItem {
  PointId id;
  absl::Span<const float> vector;                   // the collection's dims
  absl::string_view payload;                        // opaque bytes; empty: none
  absl::Time expire_time = absl::InfiniteFuture();  // never
};

// A change of points that leaves their vectors and versions alone.
struct PointUpdate {
  PayloadPatch payload;
  // From now on; absl::InfiniteFuture(): never. Nothing: as before.
  std::optional<absl::Time> expire_time = std::nullopt;

  bool changes_payload() const { return payload.set.fields_size() > 0 || !payload.remove.empty(); }
};

enum class WriteMode {
  kUpsert,      // whatever was there is replaced
  kInsertOnly,  // an existing id is an item error, ALREADY_EXISTS
  kUpdateOnly,  // a missing id is an item error, NOT_FOUND
};

struct ItemError {
  uint32_t index;  // of the item in the request, or among the points that were selected
  PointId id;
  absl::Status status;
};

// A change of the payload indexes of a collection.
struct SchemaChange {
  const IndexedField* add = nullptr;  // one of the two
  absl::string_view drop;             // path
};

struct WriteResult {
  Sequence sequence{};  // durable and searchable; the collection's last one if nothing changed
  uint64_t affected = 0;
  // Ascending by index; the other items are written. Of a write of several commits the
  // first kMaxItemErrors.
  std::vector<ItemError> errors;

  // What a later commit of the same write did; its items begin at `first_index`.
  void Add(const WriteResult& later, size_t first_index) {
    sequence = later.sequence;
    affected += later.affected;
    for (const ItemError& error : later.errors) {
      if (errors.size() == kMaxItemErrors) break;
      errors.push_back(error);
      errors.back().index += static_cast<uint32_t>(first_index);
    }
  }
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_WRITE_TYPES_H_
