#include "storage/apply_record.h"

#include <cstdint>
#include <string>

#include "google/protobuf/message_lite.h"
#include "storage/check.h"
#include "storage/deterministic.h"
#include "storage/types.h"
#include "storage/values.h"

namespace nestor {
namespace {

using storage::CommitRecord;
using Kind = KeyOperation::Kind;

// Turns one record into operations; value_ is used again for each of them.
class Applier {
 public:
  Applier(const CommitRecord& record, absl::FunctionRef<void(const KeyOperation&)> emit)
      : collection_{record.collection()}, sequence_{record.sequence()}, emit_(emit) {}

  void Apply(const CommitRecord::Write& write) {
    for (const auto& put : write.puts()) Apply(put);
    for (const auto& erase : write.erases()) Apply(erase);
    for (const auto& put : write.payload_puts()) Apply(put);
    for (const auto& put : write.expiry_puts()) Apply(put);
    storage::AppliedRecord applied;
    applied.set_sequence(ToNumber(sequence_));
    applied.set_next_row(write.next_row());
    PutMessage(Family::kMeta, AppliedKey(collection_), applied);
  }

  void Apply(const storage::CollectionRecord& create) {
    PutMessage(Family::kMeta, CollectionKey(create.name()), create);
    emit_({Kind::kPut, Family::kMeta, NumberKey(collection_), ""});
  }

  void Update(const storage::CollectionRecord& update) {
    PutMessage(Family::kMeta, CollectionKey(update.name()), update);
  }

  void Apply(const CommitRecord::Drop& drop) {
    Delete(Family::kMeta, CollectionKey(drop.name()));
    DeleteRows();
  }

  void Restore(const storage::CollectionRecord& restore) {
    PutMessage(Family::kMeta, RestoringKey(collection_), restore);
    emit_({Kind::kPut, Family::kMeta, NumberKey(collection_), ""});
  }

  void Apply(const CommitRecord::EndRestore& end) {
    Delete(Family::kMeta, RestoringKey(collection_));
    if (end.has_create()) return Apply(end.create());
    DeleteRows();
  }

  void Apply(const storage::ManifestRecord& manifest) {
    PutMessage(Family::kManifests, ManifestKey(collection_), manifest);
  }

  void Apply(const CommitRecord::ForgetTombstones& forget) {
    if (forget.all()) return DeleteRange(Family::kTombstones);
    for (const uint64_t row : forget.rows())
      Delete(Family::kTombstones, RowKey(collection_, Row{row}));
  }

 private:
  void Apply(const CommitRecord::Put& put) {
    const Row row{put.row()};
    const std::string key = RowKey(collection_, row);
    EncodePoint(key, {.row = row, .id = put.id(), .sequence = sequence_, .vector = put.vector()},
                &value_);
    emit_({Kind::kPut, Family::kPoints, key, value_});
    if (!put.payload().empty()) {
      EncodeChecked(key, put.payload(), &value_);
      emit_({Kind::kPut, Family::kPayloads, key, value_});
    }
    if (put.has_expire_us()) PutExpiry(key, put.expire_us());
    if (put.replaced_row() != 0) KillRow(Row{put.replaced_row()}, put.replaced_expires());
    EncodeRow(row, &value_);
    emit_({Kind::kPut, Family::kIds, IdKey(collection_, put.id()), value_});
  }

  void Apply(const CommitRecord::PayloadPut& put) {
    const std::string key = RowKey(collection_, Row{put.row()});
    if (put.payload().empty()) return Delete(Family::kPayloads, key);
    EncodeChecked(key, put.payload(), &value_);
    emit_({Kind::kPut, Family::kPayloads, key, value_});
  }

  void Apply(const CommitRecord::ExpiryPut& put) {
    const std::string key = RowKey(collection_, Row{put.row()});
    if (!put.has_expire_us()) return Delete(Family::kExpiries, key);
    PutExpiry(key, put.expire_us());
  }

  void Apply(const CommitRecord::Erase& erase) {
    KillRow(Row{erase.row()}, erase.expires());
    Delete(Family::kIds, IdKey(collection_, erase.id()));
  }

  void PutExpiry(const std::string& key, int64_t expire_us) {
    EncodeExpiry(key, expire_us, &value_);
    emit_({Kind::kPut, Family::kExpiries, key, value_});
  }

  void KillRow(Row row, bool expires) {
    const std::string key = RowKey(collection_, row);
    Delete(Family::kPoints, key);
    Delete(Family::kPayloads, key);  // also when there is none: finding out would need a read
    if (expires) Delete(Family::kExpiries, key);
    emit_({Kind::kPut, Family::kTombstones, key, ""});
  }

  void PutMessage(Family family, const std::string& key,
                  const google::protobuf::MessageLite& message) {
    EncodeChecked(key, SerializeDeterministically(message), &value_);
    emit_({Kind::kPut, family, key, value_});
  }

  void Delete(Family family, const std::string& key) { emit_({Kind::kDelete, family, key, ""}); }

  // And all else of the collection that its number leads to.
  void DeleteRows() {
    Delete(Family::kMeta, AppliedKey(collection_));
    for (const Family family : kCollectionFamilies) DeleteRange(family);
  }

  void DeleteRange(Family family) {
    const KeyRange range = CollectionRange(collection_);
    emit_({Kind::kDeleteRange, family, range.first, range.limit});
  }

  const CollectionNumber collection_;
  const Sequence sequence_;
  const absl::FunctionRef<void(const KeyOperation&)> emit_;
  std::string value_;
};

}  // namespace

void ApplyRecord(const CommitRecord& record, absl::FunctionRef<void(const KeyOperation&)> emit) {
  Applier applier(record, emit);
  switch (record.change_case()) {
    case CommitRecord::kWrite:
      return applier.Apply(record.write());
    case CommitRecord::kCreate:
      return applier.Apply(record.create());
    case CommitRecord::kUpdate:
      return applier.Update(record.update());
    case CommitRecord::kDrop:
      return applier.Apply(record.drop());
    case CommitRecord::kManifest:
      return applier.Apply(record.manifest());
    case CommitRecord::kForgetTombstones:
      return applier.Apply(record.forget_tombstones());
    case CommitRecord::kRestore:
      return applier.Restore(record.restore());
    case CommitRecord::kEndRestore:
      return applier.Apply(record.end_restore());
    case CommitRecord::CHANGE_NOT_SET:
      NESTOR_CHECK(false);
  }
}

}  // namespace nestor
