#ifndef NESTOR_STORAGE_ROCKSDB_DATABASE_H_
#define NESTOR_STORAGE_ROCKSDB_DATABASE_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rocksdb/db.h"
#include "storage/failure_listener.h"
#include "storage/keys.h"
#include "storage/point_store.h"
#include "storage/reader_lock.h"
#include "storage/rocksdb_view.h"

namespace nestor {

// An open RocksDB with our column families; closes it at the end, and leaves a record of what its
// files hold then (storage/closing_record.h).
//
// Thread safety: thread-safe.
class RocksDbDatabase {
 public:
  // Makes sure that the directory is ours to open, checks its logs, opens or creates it, and checks
  // its format. `failure` hears of its errors. Errors as OpenRocksDbStore.
  static absl::StatusOr<std::unique_ptr<RocksDbDatabase>> Open(
      const RocksDbStoreOptions& options, std::shared_ptr<FailureListener> failure);
  ~RocksDbDatabase();
  RocksDbDatabase(const RocksDbDatabase&) = delete;
  RocksDbDatabase& operator=(const RocksDbDatabase&) = delete;

  rocksdb::DB& db() const { return *db_; }
  const FamilyHandles& families() const { return families_; }
  rocksdb::ColumnFamilyHandle* Handle(Family family) const {
    return families_[static_cast<size_t>(family)];
  }

 private:
  RocksDbDatabase(const RocksDbStoreOptions& options, rocksdb::Env* env,
                  std::shared_ptr<FailureListener> failure)
      : directory_(options.directory), env_(env), failure_(std::move(failure)) {}
  void LeaveClosingRecord() const;
  absl::Status CheckTables();
  absl::Status CheckFormat(const RocksDbStoreOptions& options);
  absl::Status CheckFamiliesAreOurs(const std::string& directory);
  absl::Status CheckEmpty(const std::string& directory);
  absl::Status WriteFormat();

  const std::string directory_;
  rocksdb::Env* const env_;
  const std::shared_ptr<FailureListener> failure_;
  bool is_ours_ = false;                   // as Open has found out
  std::optional<ReaderLock> reader_lock_;  // of one that is opened for reading
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;  // all that are open, `default` included
  FamilyHandles families_{};                           // ours among them
};

}  // namespace nestor

#endif  // NESTOR_STORAGE_ROCKSDB_DATABASE_H_
