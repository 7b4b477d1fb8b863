#ifndef NESTOR_SERVER_CONVERT_POINT_H_
#define NESTOR_SERVER_CONVERT_POINT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/collection.h"
#include "engine/violations.h"
#include "nestor/v1/points.pb.h"

namespace nestor {

// The id; nothing if it is not set or a string of no or too many bytes.
std::optional<PointId> ReadId(const v1::PointId& id, absl::string_view field,
                              Violations* violations);
// All ids, or nothing if one is bad or there are none or more than `max_ids`.
std::optional<std::vector<PointId>> ReadIds(
    const google::protobuf::RepeatedPtrField<v1::PointId>& ids, uint32_t max_ids,
    absl::string_view field, Violations* violations);
void WriteId(const PointId& id, v1::PointId* out);

Select ReadSelect(const v1::Select& select, const CollectionSpec& spec, absl::string_view field,
                  Violations* violations);

// Payloads are stored as serialized nestor.v1.Payload. `select.payload_fields` (empty: all) says
// which top-level fields to write. DataLossError if the bytes are no payload.
absl::Status WritePayload(const std::string& stored, const v1::Select& select, v1::Payload* out);

absl::Status WritePoint(const FoundPoint& point, const v1::Select& select, v1::Point* out);

// What an update changes; nothing if it changes nothing, or too much, or a name is both set and
// removed.
std::optional<PointUpdate> ReadUpdate(const v1::UpdatePayloadRequest& request,
                                      Violations* violations);

// An upsert in the engine's form. Owns what its items view.
struct OwnedUpsert {
  std::vector<UpsertItem> items;
  std::vector<uint32_t> index;  // of items[i] in the request: bad ones are left out
  std::vector<std::vector<float>> vectors;
  std::vector<std::string> payloads;
  std::vector<v1::ItemError> errors;  // of the bad ones, ascending
};

// Everything that can be written of `request`, and an error for each item that cannot.
// InvalidArgumentError with every violation if the request itself is wrong, or if no item of it is
// right.
absl::StatusOr<OwnedUpsert> ReadUpsert(const v1::UpsertRequest& request,
                                       const CollectionSpec& spec);
// As ReadUpsert; but a chunk without any right item is a batch of errors.
absl::StatusOr<OwnedUpsert> ReadChunk(const v1::UpsertChunk& chunk, const CollectionSpec& spec);

}  // namespace nestor

#endif  // NESTOR_SERVER_CONVERT_POINT_H_
