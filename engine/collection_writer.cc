#include "engine/collection_writer.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "engine/manifest.h"
#include "engine/payload.h"
#include "engine/payload_indexing.h"
#include "storage/check.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

static_assert(std::endian::native == std::endian::little, "stored vectors are little-endian");

absl::string_view AsBytes(absl::Span<const float> vector) {
  return {reinterpret_cast<const char*>(vector.data()), vector.size() * sizeof(float)};
}

}  // namespace

RecordBuilder::RecordBuilder(const ResolvedSpec& spec, const View& view, absl::Time now)
    : spec_(spec),
      view_(view),
      now_(now),
      sequence_(view.sequence),
      next_row_(view.next_row),
      schema_(*view.schema) {}

absl::Status RecordBuilder::Read(absl::Span<PendingWrite* const> group) {
  std::vector<PointId> ids;
  for (const PendingWrite* write : group) {
    for (const UpsertItem& item : write->upserts) ids.push_back(item.id);
    ids.insert(ids.end(), write->ids.begin(), write->ids.end());
    updates_ |= write->update != nullptr && write->update->changes_payload();
  }
  std::vector<Row> rows;
  NESTOR_RETURN_IF_ERROR(view_.snapshot->FindRows(spec_.number, ids, &rows));
  for (size_t i = 0; i < ids.size(); ++i) rows_.emplace(std::move(ids[i]), rows[i]);

  rows.clear();
  for (const PendingWrite* write : group) {
    const bool changes = write->update != nullptr && write->update->changes_payload();
    if (!changes && !MustFilter(*write)) continue;
    for (const PointId& id : write->ids) rows.push_back(rows_[id]);
  }
  std::erase(rows, kNoRow);
  std::vector<std::string> payloads;
  NESTOR_RETURN_IF_ERROR(view_.snapshot->ReadPayloads(spec_.number, rows, &payloads));
  for (size_t i = 0; i < rows.size(); ++i) payloads_.emplace(rows[i], std::move(payloads[i]));
  return absl::OkStatus();
}

void RecordBuilder::Add(PendingWrite* write) {
  switch (write->kind) {
    case PendingWrite::Kind::kUpsert:
      AddUpsert(write);
      break;
    case PendingWrite::Kind::kDelete:
      AddDelete(write);
      break;
    case PendingWrite::Kind::kUpdate:
      AddUpdate(write);
      break;
    case PendingWrite::Kind::kExpire:
      AddExpired(write);
      break;
    case PendingWrite::Kind::kChangeSchema:
      write->status = AddSchemaChange(write->schema);
      break;
    case PendingWrite::Kind::kManifest:
      AddManifest(*write);
      break;
    case PendingWrite::Kind::kSeal:
    case PendingWrite::Kind::kRefresh:
    case PendingWrite::Kind::kClose:
      break;
  }
  write->result.sequence = sequence_;
}

storage::CommitRecord RecordBuilder::NewRecord() const {
  storage::CommitRecord record;
  record.set_format(kCommitFormat);
  record.set_collection(ToNumber(spec_.number));
  record.set_sequence(ToNumber(NextSequence(sequence_)));
  return record;
}

void RecordBuilder::AddUpsert(PendingWrite* write) {
  storage::CommitRecord record = NewRecord();
  for (size_t i = 0; i < write->upserts.size(); ++i) {
    const UpsertItem& item = write->upserts[i];
    Row& row = rows_[item.id];
    const bool exists = row != kNoRow && !IsExpired(row);
    if (write->mode == WriteMode::kInsertOnly && exists) {
      write->result.errors.push_back(
          {static_cast<uint32_t>(i), item.id,
           absl::AlreadyExistsError(absl::StrCat("id '", item.id.ToString(), "' exists"))});
      continue;
    }
    if (write->mode == WriteMode::kUpdateOnly && !exists) {
      write->result.errors.push_back(
          {static_cast<uint32_t>(i), item.id,
           absl::NotFoundError(absl::StrCat("no id '", item.id.ToString(), "'"))});
      continue;
    }
    storage::CommitRecord::Put* put = record.mutable_write()->add_puts();
    put->set_id(item.id.encoded());
    put->set_row(ToNumber(next_row_));
    put->set_vector(std::string(AsBytes(item.vector)));
    put->set_payload(std::string(item.payload));
    put->set_replaced_row(ToNumber(row));
    put->set_replaced_expires(Expires(row));
    if (const ExpireTime expire_us = ToExpireTime(item.expire_time)) {
      put->set_expire_us(*expire_us);
      expiries_[next_row_] = expire_us;
    }
    if (updates_) payloads_[next_row_] = put->payload();
    row = next_row_;
    next_row_ = NextRow(next_row_);
  }
  const auto affected = static_cast<size_t>(record.write().puts_size());
  Finish(std::move(record), affected, write);
}

void RecordBuilder::AddDelete(PendingWrite* write) {
  storage::CommitRecord record = NewRecord();
  for (size_t i = 0; i < write->ids.size(); ++i) {
    const Row row = RowOf(*write, i);
    if (row != kNoRow) AddErase(write->ids[i], row, &record);
  }
  const auto affected = static_cast<size_t>(record.write().erases_size());
  Finish(std::move(record), affected, write);
}

void RecordBuilder::AddExpired(PendingWrite* write) {
  storage::CommitRecord record = NewRecord();
  for (size_t i = 0; i < write->ids.size(); ++i) {
    const Row row = rows_[write->ids[i]];
    // Replaced or renewed meanwhile?
    if (row == write->expected_rows[i] && IsExpired(row)) AddErase(write->ids[i], row, &record);
  }
  const auto affected = static_cast<size_t>(record.write().erases_size());
  Finish(std::move(record), affected, write);
}

void RecordBuilder::AddErase(const PointId& id, Row row, storage::CommitRecord* record) {
  storage::CommitRecord::Erase* erase = record->mutable_write()->add_erases();
  erase->set_id(id.encoded());
  erase->set_row(ToNumber(row));
  erase->set_expires(Expires(row));
  rows_[id] = kNoRow;
}

void RecordBuilder::AddUpdate(PendingWrite* write) {
  storage::CommitRecord record = NewRecord();
  size_t updated = 0;
  for (size_t i = 0; i < write->ids.size(); ++i) {
    const PointId& id = write->ids[i];
    const Row row = RowOf(*write, i);
    if (row == kNoRow) {
      if (!write->expected_rows.empty()) continue;
      write->result.errors.push_back(
          {static_cast<uint32_t>(i), id,
           absl::NotFoundError(absl::StrCat("no id '", id.ToString(), "'"))});
      continue;
    }
    const absl::Status status = Update(row, *write->update, &record);
    if (status.ok()) {
      ++updated;
    } else {
      write->result.errors.push_back({static_cast<uint32_t>(i), id, status});
    }
  }
  Finish(std::move(record), updated, write);
}

absl::Status RecordBuilder::Update(Row row, const PointUpdate& update,
                                   storage::CommitRecord* record) {
  if (update.changes_payload()) {
    std::string& payload = payloads_[row];
    NESTOR_ASSIGN_OR_RETURN(payload, PatchPayload(payload, update.payload));
    storage::CommitRecord::PayloadPut* put = record->mutable_write()->add_payload_puts();
    put->set_row(ToNumber(row));
    put->set_payload(payload);
  }
  if (update.expire_time) {
    const ExpireTime expire_us = ToExpireTime(*update.expire_time);
    storage::CommitRecord::ExpiryPut* put = record->mutable_write()->add_expiry_puts();
    put->set_row(ToNumber(row));
    if (expire_us) put->set_expire_us(*expire_us);
    expiries_[row] = expire_us;
  }
  return absl::OkStatus();
}

// Payloads may have changed since the filter was evaluated, and may change in this group.
bool RecordBuilder::MustFilter(const PendingWrite& write) const {
  return write.filter != nullptr && (updates_ || view_.payload_sequence > write.filtered_at);
}

Row RecordBuilder::RowOf(const PendingWrite& write, size_t i) {
  const PointId& id = write.ids[i];
  const Row row = rows_[id];
  if (!write.expected_rows.empty() && row != write.expected_rows[i]) return kNoRow;
  if (row == kNoRow || IsExpired(row)) return kNoRow;
  if (!MustFilter(write)) return row;
  storage::PayloadRecord payload;
  if (!payload.ParseFromString(payloads_[row])) return row;  // as when it was filtered
  const auto has_id = [&](const Filter& filter) {
    return std::binary_search(filter.ids.begin(), filter.ids.end(), id);
  };
  return Matches(*write.filter, payload, has_id) ? row : kNoRow;
}

bool RecordBuilder::Expires(Row row) const {
  const auto changed = expiries_.find(row);
  return changed != expiries_.end() ? changed->second.has_value()
                                    : view_.expiries->Find(row).has_value();
}

bool RecordBuilder::IsExpired(Row row) const {
  const auto changed = expiries_.find(row);
  if (changed == expiries_.end()) return view_.IsExpired(row, now_);
  return FromExpireTime(changed->second) <= now_;
}

absl::Status RecordBuilder::AddSchemaChange(const SchemaChange& change) {
  const absl::string_view path = change.add != nullptr ? change.add->path : change.drop;
  const IndexedField* field = FindField(schema_, path);
  if (change.add == nullptr) {
    if (field == nullptr) {
      return absl::NotFoundError(absl::StrCat("field '", path, "' has no payload index"));
    }
    schema_.erase(schema_.begin() + (field - schema_.data()));
  } else {
    if (field != nullptr && *field == *change.add) return absl::OkStatus();
    if (field != nullptr) {
      return absl::AlreadyExistsError(absl::StrCat("field '", path, "' is indexed as ",
                                                   FieldTypeName(field->type), " already"));
    }
    if (schema_.size() >= kMaxPayloadIndexes) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "there are ", schema_.size(), " payload indexes, the limit is ", kMaxPayloadIndexes));
    }
    schema_.push_back(*change.add);
  }
  storage::CommitRecord record;
  record.set_format(kCommitFormat);
  record.set_collection(ToNumber(spec_.number));
  *record.mutable_update() = ToRecord(spec_, schema_);
  records_.push_back(std::move(record));
  return absl::OkStatus();
}

void RecordBuilder::AddManifest(const PendingWrite& write) {
  storage::CommitRecord record;
  record.set_format(kCommitFormat);
  record.set_collection(ToNumber(spec_.number));
  *record.mutable_manifest() = ManifestOf(view_, write.next_file);
  records_.push_back(std::move(record));
}

void RecordBuilder::Finish(storage::CommitRecord record, size_t affected, PendingWrite* write) {
  write->result.affected += affected;
  if (affected == 0) return;
  record.mutable_write()->set_next_row(ToNumber(next_row_));
  sequence_ = NextSequence(sequence_);
  records_.push_back(std::move(record));
}

void SealDelta(const ResolvedSpec& spec, View* view, std::shared_ptr<Delta>* active) {
  if (!view->deltas.empty() && view->deltas.back().length == 0) return;
  const size_t capacity = Delta::CapacityFor(spec.dims);
  *active = std::make_shared<Delta>(spec.metric, spec.dims, view->next_row, capacity, view->schema);
  view->deltas.push_back({*active, 0, std::make_shared<const RowBitmap>(capacity)});
}

namespace {

// The values that the payload indexes want of a payload; none of bytes that are no payload.
std::vector<FieldValues> ValuesOf(const PayloadSchema& schema, const std::string& bytes) {
  std::vector<FieldValues> values(schema.size());
  if (schema.empty() || bytes.empty()) return values;
  storage::PayloadRecord payload;
  if (!payload.ParseFromString(bytes)) return values;
  for (size_t i = 0; i < schema.size(); ++i) values[i] = ValuesAt(payload, schema[i].path);
  return values;
}

// A delta keeps the values of the fields that were indexed when it began: a new one begins.
void ChangeSchema(const ResolvedSpec& spec, PayloadSchema schema, View* view,
                  std::shared_ptr<Delta>* active) {
  view->schema = std::make_shared<const PayloadSchema>(std::move(schema));
  if (!view->deltas.empty() && view->deltas.back().length == 0) view->deltas.pop_back();
  SealDelta(spec, view, active);
  for (View::SegmentPart& part : view->segments) {
    part.payloads = std::make_shared<const PayloadIndex>(part.payloads->Only(*view->schema));
  }
}

// What records say of when rows expire.
ExpiryChanges ExpiryChangesOf(absl::Span<const storage::CommitRecord> records) {
  ExpiryChanges changes;
  for (const storage::CommitRecord& record : records) {
    for (const storage::CommitRecord::Put& put : record.write().puts()) {
      if (put.has_expire_us()) changes[Row{put.row()}] = put.expire_us();
      if (put.replaced_expires()) changes[Row{put.replaced_row()}] = std::nullopt;
    }
    for (const storage::CommitRecord::Erase& erase : record.write().erases()) {
      if (erase.expires()) changes[Row{erase.row()}] = std::nullopt;
    }
    for (const storage::CommitRecord::ExpiryPut& put : record.write().expiry_puts()) {
      changes[Row{put.row()}] =
          put.has_expire_us() ? ExpireTime(put.expire_us()) : ExpireTime(std::nullopt);
    }
  }
  return changes;
}

void SetExpiries(const ExpiryChanges& changes, absl::Time now, View* view) {
  if (changes.empty()) return;
  view->expiries = std::make_shared<const ExpiryTable>(view->expiries->With(changes));
  // A time that lay in the past already is behind what MarkExpired looks at.
  const int64_t now_us = absl::ToUnixMicros(now);
  DeadMarker marker(view);
  for (const auto& [row, expire_us] : changes) {
    if (expire_us && *expire_us <= now_us) marker.Mark(row);
  }
}

}  // namespace

std::vector<Row> ApplyToView(const ResolvedSpec& spec,
                             absl::Span<const storage::CommitRecord> records, absl::Time now,
                             View* view, std::shared_ptr<Delta>* active) {
  for (const storage::CommitRecord& record : records) {
    if (record.has_update()) {
      ChangeSchema(spec, FromRecord(record.update()).payload_indexes, view, active);
      continue;
    }
    if (!record.has_write()) continue;
    const Sequence sequence{record.sequence()};
    for (const storage::CommitRecord::Put& put : record.write().puts()) {
      NESTOR_CHECK(Row{put.row()} == view->next_row);
      if ((*active)->full()) SealDelta(spec, view, active);
      (*active)->Append(sequence, put.vector(), ValuesOf(*view->schema, put.payload()));
      view->deltas.back().length = (*active)->size();
      view->next_row = NextRow(view->next_row);
    }
    view->sequence = sequence;
  }
  std::vector<Row> without_part;
  DeadMarker marker(view);
  const auto kill = [&](Row row) {
    if (marker.Mark(row)) return;
    NESTOR_CHECK(view->expiries->Find(row));  // it was expired, and marked before
    if (!view->Find(row)) without_part.push_back(row);
  };
  for (const storage::CommitRecord& record : records) {
    for (const storage::CommitRecord::Put& put : record.write().puts()) {
      if (put.replaced_row() != 0) kill(Row{put.replaced_row()});
    }
    for (const storage::CommitRecord::Erase& erase : record.write().erases()) {
      kill(Row{erase.row()});
    }
  }
  PatchMarker patches(view);
  for (const storage::CommitRecord& record : records) {
    if (!record.write().payload_puts().empty())
      view->payload_sequence = Sequence{record.sequence()};
    for (const storage::CommitRecord::PayloadPut& put : record.write().payload_puts()) {
      patches.Mark(Row{put.row()});
    }
  }
  // A delta is never indexed anew, a segment is.
  if (view->deltas.back().patched.size() > kMaxPatchedRows) SealDelta(spec, view, active);
  SetExpiries(ExpiryChangesOf(records), now, view);
  MarkExpired(now, view);
  return without_part;
}

}  // namespace nestor
