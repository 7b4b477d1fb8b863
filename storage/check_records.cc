#include "storage/check_records.h"

#include <cstdint>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "storage/keys.h"
#include "storage/point_store.h"
#include "storage/status_macros.h"
#include "storage/types.h"

namespace nestor {
namespace {

using storage::CommitRecord;

absl::Status CheckId(absl::string_view encoded) {
  PointId id;
  if (PointId::FromEncoded(encoded, &id)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("id of ", encoded.size(), " bytes is no point id"));
}

// A row that this record gives out or takes away.
absl::Status CheckRow(uint64_t row, uint64_t next_row) {
  if (row == 0) return absl::InvalidArgumentError("row is missing");
  if (row < next_row) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("row ", row, " is not below next_row ", next_row));
}

absl::Status CheckPut(const CommitRecord::Put& put, uint64_t next_row) {
  NESTOR_RETURN_IF_ERROR(CheckId(put.id()));
  NESTOR_RETURN_IF_ERROR(CheckRow(put.row(), next_row));
  if (put.vector().empty() || put.vector().size() % sizeof(float) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("vector of ", put.vector().size(), " bytes is not one or more float32"));
  }
  if (put.replaced_row() >= put.row()) {
    return absl::InvalidArgumentError(
        absl::StrCat("replaced_row ", put.replaced_row(), " is not below row ", put.row()));
  }
  return absl::OkStatus();
}

// Why: storage/apply_record.h.
absl::Status CheckPutsAndErasesApart(const CommitRecord::Write& write) {
  if (write.puts().empty() || write.erases().empty()) return absl::OkStatus();
  absl::flat_hash_set<absl::string_view> erased;
  for (const auto& erase : write.erases()) erased.insert(erase.id());
  for (const auto& put : write.puts()) {
    if (!erased.contains(put.id())) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("row ", put.row(), " puts an id that the same record erases"));
  }
  return absl::OkStatus();
}

absl::Status CheckWrite(const CommitRecord& record) {
  const CommitRecord::Write& write = record.write();
  if (record.sequence() == 0) return absl::InvalidArgumentError("a write has no sequence");
  const bool rows_change = !write.puts().empty() || !write.erases().empty();
  const bool rows_are_updated = !write.payload_puts().empty() || !write.expiry_puts().empty();
  if (!rows_change && !rows_are_updated) {
    return absl::InvalidArgumentError("a write that changes nothing");
  }
  if (rows_change && rows_are_updated) {
    return absl::InvalidArgumentError("payload or expiry puts beside puts or erases");
  }
  for (const auto& put : write.payload_puts()) {
    NESTOR_RETURN_IF_ERROR(CheckRow(put.row(), write.next_row()));
  }
  for (const auto& put : write.expiry_puts()) {
    NESTOR_RETURN_IF_ERROR(CheckRow(put.row(), write.next_row()));
  }
  for (const auto& put : write.puts()) NESTOR_RETURN_IF_ERROR(CheckPut(put, write.next_row()));
  for (const auto& erase : write.erases()) {
    NESTOR_RETURN_IF_ERROR(CheckId(erase.id()));
    NESTOR_RETURN_IF_ERROR(CheckRow(erase.row(), write.next_row()));
  }
  return CheckPutsAndErasesApart(write);
}

absl::Status CheckCollection(const storage::CollectionRecord& collection, absl::string_view verb,
                             const CommitRecord& record) {
  if (collection.name().empty()) {
    return absl::InvalidArgumentError(absl::StrCat("a collection to ", verb, " has no name"));
  }
  if (collection.number() == record.collection()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("collection number ", collection.number(), " to ",
                                                 verb, " in a record of collection ",
                                                 record.collection()));
}

absl::Status CheckForget(const CommitRecord::ForgetTombstones& forget) {
  if (forget.all() || !forget.rows().empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("no tombstones to forget");
}

absl::Status CheckChange(const CommitRecord& record) {
  switch (record.change_case()) {
    case CommitRecord::kWrite:
      return CheckWrite(record);
    case CommitRecord::kCreate:
      return CheckCollection(record.create(), "create", record);
    case CommitRecord::kUpdate:
      return CheckCollection(record.update(), "update", record);
    case CommitRecord::kDrop:
      if (!record.drop().name().empty()) return absl::OkStatus();
      return absl::InvalidArgumentError("a collection to drop has no name");
    case CommitRecord::kForgetTombstones:
      return CheckForget(record.forget_tombstones());
    case CommitRecord::kManifest:
      return absl::OkStatus();
    case CommitRecord::kRestore:
      return CheckCollection(record.restore(), "restore", record);
    case CommitRecord::kEndRestore:
      if (!record.end_restore().has_create()) return absl::OkStatus();
      return CheckCollection(record.end_restore().create(), "create", record);
    case CommitRecord::CHANGE_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("no change, or one that this program does not know");
}

absl::Status CheckRecord(const CommitRecord& record) {
  if (record.format() == 0) return absl::InvalidArgumentError("record has no format");
  if (record.format() > kCommitFormat) {
    return absl::FailedPreconditionError(absl::StrCat("record format ", record.format(),
                                                      " is newer than ", kCommitFormat,
                                                      ", the newest this program knows"));
  }
  const CollectionNumber collection{record.collection()};
  if (collection == CollectionNumber{0} || collection > kMaxCollectionNumber) {
    return absl::InvalidArgumentError(absl::StrCat("collection number ", record.collection(),
                                                   " is not between 1 and ",
                                                   ToNumber(kMaxCollectionNumber)));
  }
  return CheckChange(record);
}

}  // namespace

absl::Status CheckRecords(absl::Span<const CommitRecord> records) {
  for (size_t i = 0; i < records.size(); ++i) {
    if (const absl::Status status = CheckRecord(records[i]); !status.ok()) {
      return absl::Status(status.code(), absl::StrCat("commit record ", i, ": ", status.message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace nestor
