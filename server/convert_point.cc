#include "server/convert_point.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "engine/validate_vector.h"
#include "server/convert_time.h"
#include "server/convert_vector.h"
#include "server/payload_depth.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

void CheckPayload(const std::string& payload, absl::string_view field, Violations* violations) {
  if (payload.size() > kMaxPayloadBytes) {
    violations->Add(field, absl::StrCat(payload.size(), " bytes exceed ", kMaxPayloadBytes));
  }
}

// When a point expires; InfiniteFuture for the zero time, which is also what is said if none is
// set.
absl::Time ReadExpireTime(const google::protobuf::Timestamp& time, absl::string_view field,
                          Violations* violations) {
  if (!IsTimestamp(time)) {
    violations->Add(field, absl::StrCat(time.seconds(), " s and ", time.nanos(),
                                        " ns since 1970 are no time of the years 1 to 9999"));
    return absl::InfiniteFuture();
  }
  const bool zero = time.seconds() == 0 && time.nanos() == 0;
  return zero ? absl::InfiniteFuture() : ReadTimestamp(time);
}

void AddItemErrors(const Violations& violations, uint32_t index, const v1::PointId& id,
                   OwnedUpsert* batch) {
  for (const Violations::Violation& violation : violations.list()) {
    v1::ItemError& error = batch->errors.emplace_back();
    error.set_index(index);
    *error.mutable_id() = id;
    error.set_code(static_cast<int32_t>(absl::StatusCode::kInvalidArgument));
    error.set_field(violation.field);
    error.set_message(violation.problem);
  }
}

// How an item's parts are called in the request.
struct ItemFields {
  std::string id;
  std::string vector;
  std::string payload;
  std::string expire_time;
};

// Adds one item, or its errors.
void AddItem(const CollectionSpec& spec, uint32_t index, const ItemFields& fields,
             const v1::PointId& wire_id, std::optional<absl::Span<const float>> vector,
             std::string payload, const google::protobuf::Timestamp& expire_time,
             Violations violations, OwnedUpsert* batch) {
  const std::optional<PointId> id = ReadId(wire_id, fields.id, &violations);
  if (vector) ValidateVector(*vector, spec, fields.vector, &violations);
  CheckPayload(payload, fields.payload, &violations);
  const absl::Time expires = ReadExpireTime(expire_time, fields.expire_time, &violations);
  if (!violations.empty()) {
    AddItemErrors(violations, index, wire_id, batch);
    return;
  }
  batch->index.push_back(index);
  batch->vectors.emplace_back(vector->begin(), vector->end());
  batch->payloads.push_back(std::move(payload));
  batch->items.push_back({*id, {}, {}, expires});
}

void ReadPoints(const google::protobuf::RepeatedPtrField<v1::Point>& points,
                const CollectionSpec& spec, OwnedUpsert* batch) {
  for (int i = 0; i < points.size(); ++i) {
    const v1::Point& point = points[i];
    const std::string field = absl::StrCat("points[", i, "]");
    const ItemFields fields{field + ".id", field + ".vector", field + ".payload",
                            field + ".expire_time"};
    Violations violations;
    std::vector<float> decoded;
    const std::optional<absl::Span<const float>> vector =
        ReadVector(point.vector(), fields.vector, &decoded, &violations);
    CheckPayloadDepth(point.payload(), fields.payload, &violations);
    AddItem(spec, static_cast<uint32_t>(i), fields, point.id(), vector,
            point.payload().SerializeAsString(), point.expire_time(), std::move(violations), batch);
  }
}

void ReadColumns(const v1::ColumnBatch& columns, const CollectionSpec& spec, Violations* violations,
                 OwnedUpsert* batch) {
  std::vector<float> decoded;
  const std::optional<absl::Span<const float>> matrix = ReadMatrix(
      columns.vectors(), spec.dims, kMaxBatchPoints, "columns.vectors", &decoded, violations);
  if (columns.vectors().rows() != static_cast<uint32_t>(columns.ids_size())) {
    violations->Add("columns.ids", absl::StrCat(columns.ids_size(), " ids for ",
                                                columns.vectors().rows(), " vectors"));
  }
  if (columns.payloads_size() != 0 && columns.payloads_size() != columns.ids_size()) {
    violations->Add("columns.payloads", absl::StrCat(columns.payloads_size(), " payloads for ",
                                                     columns.ids_size(), " ids"));
  }
  if (columns.expire_times_size() != 0 && columns.expire_times_size() != columns.ids_size()) {
    violations->Add("columns.expire_times", absl::StrCat(columns.expire_times_size(), " times for ",
                                                         columns.ids_size(), " ids"));
  }
  if (!violations->empty()) return;
  for (int i = 0; i < columns.ids_size(); ++i) {
    const ItemFields fields{
        absl::StrCat("columns.ids[", i, "]"), absl::StrCat("columns.vectors[", i, "]"),
        absl::StrCat("columns.payloads[", i, "]"), absl::StrCat("columns.expire_times[", i, "]")};
    Violations payload_violations;
    std::string payload;
    if (columns.payloads_size() != 0) {
      CheckPayloadDepth(columns.payloads(i), fields.payload, &payload_violations);
      payload = columns.payloads(i).SerializeAsString();
    }
    AddItem(
        spec, static_cast<uint32_t>(i), fields, columns.ids(i),
        matrix->subspan(size_t{spec.dims} * static_cast<size_t>(i), spec.dims), std::move(payload),
        columns.expire_times_size() != 0 ? columns.expire_times(i) : google::protobuf::Timestamp(),
        std::move(payload_violations), batch);
  }
}

// The points or the columns of an upsert or a chunk.
template <typename Message>
OwnedUpsert ReadItems(const Message& message, const CollectionSpec& spec, Violations* violations) {
  OwnedUpsert batch;
  if (message.points().empty() == !message.has_columns()) {
    violations->Add("points", message.has_columns() ? "set beside columns: exactly one of the two"
                                                    : "neither points nor columns are set");
  } else if (static_cast<uint32_t>(message.points_size()) > kMaxBatchPoints) {
    violations->Add("points",
                    absl::StrCat(message.points_size(), " points exceed ", kMaxBatchPoints));
  } else if (message.has_columns()) {
    ReadColumns(message.columns(), spec, violations, &batch);
  } else {
    ReadPoints(message.points(), spec, &batch);
  }
  for (size_t i = 0; i < batch.items.size(); ++i) {
    batch.items[i].vector = batch.vectors[i];
    batch.items[i].payload = batch.payloads[i];
  }
  return batch;
}

absl::Status AllBad(const OwnedUpsert& batch) {
  Violations violations;
  for (const v1::ItemError& error : batch.errors) violations.Add(error.field(), error.message());
  return violations.ToStatus();
}

}  // namespace

std::optional<PointId> ReadId(const v1::PointId& id, absl::string_view field,
                              Violations* violations) {
  switch (id.id_case()) {
    case v1::PointId::kNum:
      return PointId::FromNumber(id.num());
    case v1::PointId::kStr:
      if (!id.str().empty() && id.str().size() <= kMaxIdBytes) return PointId::FromString(id.str());
      violations->Add(absl::StrCat(field, ".str"),
                      absl::StrCat(id.str().size(), " bytes are not in 1 to ", kMaxIdBytes));
      return std::nullopt;
    case v1::PointId::ID_NOT_SET:
      break;
  }
  violations->Add(field, "is neither a number nor a string");
  return std::nullopt;
}

std::optional<std::vector<PointId>> ReadIds(
    const google::protobuf::RepeatedPtrField<v1::PointId>& ids, uint32_t max_ids,
    absl::string_view field, Violations* violations) {
  if (ids.empty() || static_cast<uint32_t>(ids.size()) > max_ids) {
    violations->Add(field, absl::StrCat(ids.size(), " ids are not in 1 to ", max_ids));
    return std::nullopt;
  }
  std::vector<PointId> read;
  for (int i = 0; i < ids.size(); ++i) {
    std::optional<PointId> id = ReadId(ids[i], absl::StrCat(field, "[", i, "]"), violations);
    if (id) read.push_back(*std::move(id));
  }
  if (read.size() != static_cast<size_t>(ids.size())) return std::nullopt;
  return read;
}

void WriteId(const PointId& id, v1::PointId* out) {
  if (id.is_number()) {
    out->set_num(id.number());
  } else {
    out->set_str(std::string(id.name()));
  }
}

Select ReadSelect(const v1::Select& select, const CollectionSpec& spec, absl::string_view field,
                  Violations* violations) {
  if (select.vector_dims() > spec.dims) {
    violations->Add(absl::StrCat(field, ".vector_dims"),
                    absl::StrCat(select.vector_dims(), " exceeds dims ", spec.dims));
  }
  if (select.payload_fields_size() > kMaxPayloadFields) {
    violations->Add(
        absl::StrCat(field, ".payload_fields"),
        absl::StrCat(select.payload_fields_size(), " names exceed ", kMaxPayloadFields));
  }
  return {
      .payload = select.payload(), .vector = select.vector(), .vector_dims = select.vector_dims()};
}

absl::Status WritePayload(const std::string& stored, const v1::Select& select, v1::Payload* out) {
  if (!out->ParseFromString(stored)) return absl::DataLossError("a stored payload is malformed");
  if (select.payload_fields().empty()) return absl::OkStatus();
  v1::Payload chosen;
  for (const std::string& name : select.payload_fields()) {
    const auto field = out->mutable_fields()->find(name);
    if (field != out->mutable_fields()->end())
      (*chosen.mutable_fields())[name] = std::move(field->second);
  }
  *out = std::move(chosen);
  return absl::OkStatus();
}

std::optional<PointUpdate> ReadUpdate(const v1::UpdatePayloadRequest& request,
                                      Violations* violations) {
  const size_t before = violations->list().size();
  if (request.set().fields().empty() && request.remove().empty() && !request.has_expire_time()) {
    violations->Add("set", "is empty, remove names no field, and there is no expire_time");
  }
  const std::string set = request.set().SerializeAsString();
  CheckPayload(set, "set", violations);
  CheckPayloadDepth(request.set(), "set", violations);
  if (request.remove_size() > kMaxPayloadFields) {
    violations->Add("remove",
                    absl::StrCat(request.remove_size(), " names exceed ", kMaxPayloadFields));
  }
  for (int i = 0; i < request.remove_size(); ++i) {
    if (request.set().fields().count(request.remove(i)) == 0) continue;
    violations->Add(absl::StrCat("remove[", i, "]"), "is set as well");
  }
  PointUpdate update;
  if (!update.payload.set.ParseFromString(set)) violations->Add("set", "is nested too deep");
  update.payload.remove.assign(request.remove().begin(), request.remove().end());
  if (request.has_expire_time()) {
    update.expire_time = ReadExpireTime(request.expire_time(), "expire_time", violations);
  }
  if (violations->list().size() > before) return std::nullopt;
  return update;
}

absl::Status WritePoint(const FoundPoint& point, const v1::Select& select, v1::Point* out) {
  WriteId(point.id, out->mutable_id());
  out->set_version(ToNumber(point.version));
  if (point.expire_time != absl::InfiniteFuture()) {
    WriteTimestamp(point.expire_time, out->mutable_expire_time());
  }
  if (select.vector()) WriteVector(point.vector, out->mutable_vector());
  return select.payload() ? WritePayload(point.payload, select, out->mutable_payload())
                          : absl::OkStatus();
}

absl::StatusOr<OwnedUpsert> ReadUpsert(const v1::UpsertRequest& request,
                                       const CollectionSpec& spec) {
  Violations violations;
  OwnedUpsert batch = ReadItems(request, spec, &violations);
  if (!v1::WriteMode_IsValid(request.mode())) {
    violations.Add("mode", absl::StrCat(static_cast<int>(request.mode()), " is no write mode"));
  }
  NESTOR_RETURN_IF_ERROR(violations.ToStatus());
  if (batch.items.empty()) return AllBad(batch);
  return batch;
}

absl::StatusOr<OwnedUpsert> ReadChunk(const v1::UpsertChunk& chunk, const CollectionSpec& spec) {
  Violations violations;
  OwnedUpsert batch = ReadItems(chunk, spec, &violations);
  NESTOR_RETURN_IF_ERROR(violations.ToStatus());
  return batch;
}

}  // namespace nestor
