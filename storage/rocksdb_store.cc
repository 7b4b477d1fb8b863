#include "storage/rocksdb_store.h"

#include <string>
#include <utility>

#include "absl/base/dynamic_annotations.h"
#include "absl/strings/str_cat.h"
#include "rocksdb/db.h"
#include "rocksdb/write_batch.h"
#include "storage/apply_record.h"
#include "storage/check.h"
#include "storage/check_records.h"
#include "storage/failure_listener.h"
#include "storage/rocksdb_database.h"
#include "storage/rocksdb_status.h"
#include "storage/rocksdb_view.h"
#include "storage/status_macros.h"
#include "storage/store_snapshot.h"

namespace nestor {
namespace {

// While one of these lives, ThreadSanitizer does not look at this thread's memory accesses.
// Debian's RocksDB is not instrumented: that one writer commits the batches of those who wait is
// ordered by atomics that ThreadSanitizer cannot see. Nothing in other builds.
class UnseenByThreadSanitizer {
 public:
  UnseenByThreadSanitizer() { ABSL_ANNOTATE_IGNORE_READS_AND_WRITES_BEGIN(); }
  ~UnseenByThreadSanitizer() { ABSL_ANNOTATE_IGNORE_READS_AND_WRITES_END(); }
  UnseenByThreadSanitizer(const UnseenByThreadSanitizer&) = delete;
  UnseenByThreadSanitizer& operator=(const UnseenByThreadSanitizer&) = delete;
};

rocksdb::Status Append(const RocksDbDatabase& database, const KeyOperation& operation,
                       rocksdb::WriteBatch* batch) {
  rocksdb::ColumnFamilyHandle* family = database.Handle(operation.family);
  const rocksdb::Slice key = ToSlice(operation.key);
  const rocksdb::Slice value = ToSlice(operation.value);
  switch (operation.kind) {
    case KeyOperation::Kind::kPut:
      return batch->Put(family, key, value);
    case KeyOperation::Kind::kDelete:
      return batch->Delete(family, key);
    case KeyOperation::Kind::kDeleteRange:
      return batch->DeleteRange(family, key, value);
  }
  NESTOR_CHECK(false);
}

class RocksDbStore final : public PointStore {
 public:
  RocksDbStore(std::unique_ptr<RocksDbDatabase> database, std::shared_ptr<FailureListener> failure)
      : failure_(std::move(failure)), database_(std::move(database)) {}

  absl::Status Apply(absl::Span<const storage::CommitRecord> records) override {
    NESTOR_RETURN_IF_ERROR(CheckRecords(records));
    if (const absl::Status writable = Writable(); !writable.ok()) {
      return absl::FailedPreconditionError(writable.message());
    }
    if (records.empty()) return absl::OkStatus();
    rocksdb::WriteBatch batch;
    for (const auto& record : records) {
      ApplyRecord(record, [&](const KeyOperation& operation) {
        const UnseenByThreadSanitizer unseen;
        NESTOR_CHECK(Append(*database_, operation, &batch).ok());  // no limit of the batch is set
      });
    }
    const rocksdb::Status status = Write(&batch);
    if (status.ok()) return absl::OkStatus();
    if (status.IsIncomplete()) {  // because of no_slowdown
      return absl::ResourceExhaustedError(
          "the store cannot write its tables as fast as writes come; retry later");
    }
    return StopWriting(status);
  }

  absl::Status Writable() const override { return failure_->Writable(); }

  absl::Status VerifyFiles() const override {
    const rocksdb::Status status = database_->db().VerifyChecksum(rocksdb::ReadOptions());
    return status.ok() ? absl::OkStatus() : FromRocksDb(status, "verify the tables");
  }

  std::unique_ptr<StoreSnapshot> GetSnapshot() const override {
    return NewStoreSnapshot(NewRocksDbView(database_->db(), database_->families()));
  }

  uint64_t DiskBytes(CollectionNumber collection) const override {
    const KeyRange keys = CollectionRange(collection);
    const rocksdb::Range range(keys.first, keys.limit);
    rocksdb::SizeApproximationOptions options;
    options.include_memtables = true;
    options.include_files = true;
    uint64_t sum = 0;
    for (const Family family : kCollectionFamilies) {
      uint64_t bytes = 0;
      const rocksdb::Status status = database_->db().GetApproximateSizes(
          options, database_->Handle(family), &range, 1, &bytes);
      if (status.ok()) sum += bytes;  // an estimate anyway
    }
    return sum;
  }

 private:
  rocksdb::Status Write(rocksdb::WriteBatch* batch) {
    const UnseenByThreadSanitizer unseen;
    rocksdb::WriteOptions options;
    options.sync = true;  // waiting writers share one write and one sync
    options.no_slowdown = true;
    return database_->db().Write(options, batch);
  }

  // After a failed write nobody knows what the log holds; a later one that succeeds would make that
  // worse. A restart reads the log and knows.
  absl::Status StopWriting(const rocksdb::Status& status) {
    const std::string failure = absl::StrCat("a failed write: ", status.ToString());
    failure_->Remember(absl::StatusCode::kFailedPrecondition, failure);
    return absl::UnknownError(absl::StrCat("the write may or may not be durable after ", failure));
  }

  const std::shared_ptr<FailureListener> failure_;
  const std::unique_ptr<RocksDbDatabase> database_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<PointStore>> OpenRocksDbStore(const RocksDbStoreOptions& options) {
  auto failure = std::make_shared<FailureListener>();
  NESTOR_ASSIGN_OR_RETURN(auto database, RocksDbDatabase::Open(options, failure));
  if (options.read_only)
    failure->Remember(absl::StatusCode::kFailedPrecondition, "it was opened so");
  return std::make_unique<RocksDbStore>(std::move(database), std::move(failure));
}

}  // namespace nestor
