#include "engine/collection_writer.h"

#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "engine/payload.h"
#include "storage/check.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

static_assert(std::endian::native == std::endian::little, "stored vectors are little-endian");

absl::string_view AsBytes(absl::Span<const float> vector) {
  return {reinterpret_cast<const char*>(vector.data()), vector.size() * sizeof(float)};
}

}  // namespace

RecordBuilder::RecordBuilder(const ResolvedSpec& spec, const View& view)
    : spec_(spec),
      view_(view),
      sequence_(view.sequence),
      next_row_(view.next_row),
      schema_(*view.schema) {}

absl::Status RecordBuilder::FindIds(absl::Span<PendingWrite* const> group) {
  std::vector<PointId> ids;
  for (const PendingWrite* write : group) {
    for (const UpsertItem& item : write->upserts) ids.push_back(item.id);
    ids.insert(ids.end(), write->deletes.begin(), write->deletes.end());
  }
  std::vector<Row> rows;
  NESTOR_RETURN_IF_ERROR(view_.snapshot->FindRows(spec_.number, ids, &rows));
  for (size_t i = 0; i < ids.size(); ++i) rows_.emplace(std::move(ids[i]), rows[i]);
  return absl::OkStatus();
}

void RecordBuilder::Add(PendingWrite* write) {
  if (!write->upserts.empty()) AddUpsert(write);
  if (!write->deletes.empty()) AddDelete(write);
  if (write->kind == PendingWrite::Kind::kChangeSchema) {
    write->status = AddSchemaChange(write->schema);
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
    const bool exists = row != kNoRow;
    if (write->mode == WriteMode::kInsertOnly && exists) {
      write->result.errors.push_back(
          {static_cast<uint32_t>(i),
           absl::AlreadyExistsError(absl::StrCat("id '", item.id.ToString(), "' exists"))});
      continue;
    }
    if (write->mode == WriteMode::kUpdateOnly && !exists) {
      write->result.errors.push_back(
          {static_cast<uint32_t>(i),
           absl::NotFoundError(absl::StrCat("no id '", item.id.ToString(), "'"))});
      continue;
    }
    storage::CommitRecord::Put* put = record.mutable_write()->add_puts();
    put->set_id(item.id.encoded());
    put->set_row(ToNumber(next_row_));
    put->set_vector(std::string(AsBytes(item.vector)));
    put->set_payload(std::string(item.payload));
    put->set_replaced_row(ToNumber(row));
    row = next_row_;
    next_row_ = NextRow(next_row_);
  }
  Finish(std::move(record), write);
}

void RecordBuilder::AddDelete(PendingWrite* write) {
  storage::CommitRecord record = NewRecord();
  for (size_t i = 0; i < write->deletes.size(); ++i) {
    const PointId& id = write->deletes[i];
    Row& row = rows_[id];
    if (row == kNoRow) continue;
    if (!write->expected_rows.empty() && row != write->expected_rows[i]) continue;
    storage::CommitRecord::Erase* erase = record.mutable_write()->add_erases();
    erase->set_id(id.encoded());
    erase->set_row(ToNumber(row));
    row = kNoRow;
  }
  Finish(std::move(record), write);
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

void RecordBuilder::Finish(storage::CommitRecord record, PendingWrite* write) {
  const size_t changes = record.write().puts_size() + record.write().erases_size();
  write->result.affected += changes;
  if (changes == 0) return;
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

}  // namespace

void ApplyToView(const ResolvedSpec& spec, absl::Span<const storage::CommitRecord> records,
                 View* view, std::shared_ptr<Delta>* active) {
  for (const storage::CommitRecord& record : records) {
    if (record.has_update()) {
      ChangeSchema(spec, FromRecord(record.update()).payload_indexes, view, active);
      continue;
    }
    const Sequence sequence{record.sequence()};
    for (const storage::CommitRecord::Put& put : record.write().puts()) {
      NESTOR_CHECK(Row{put.row()} == view->next_row);
      if ((*active)->size() == (*active)->capacity()) SealDelta(spec, view, active);
      (*active)->Append(sequence, put.vector(), ValuesOf(*view->schema, put.payload()));
      view->deltas.back().length = (*active)->size();
      view->next_row = NextRow(view->next_row);
    }
    view->sequence = sequence;
  }
  DeadMarker marker(view);
  for (const storage::CommitRecord& record : records) {
    for (const storage::CommitRecord::Put& put : record.write().puts()) {
      if (put.replaced_row() != 0) NESTOR_CHECK(marker.Mark(Row{put.replaced_row()}));
    }
    for (const storage::CommitRecord::Erase& erase : record.write().erases()) {
      NESTOR_CHECK(marker.Mark(Row{erase.row()}));
    }
  }
}

}  // namespace nestor
