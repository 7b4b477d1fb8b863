#ifndef NESTOR_STORAGE_ROCKSDB_OPTIONS_H_
#define NESTOR_STORAGE_ROCKSDB_OPTIONS_H_

#include <memory>

#include "rocksdb/cache.h"
#include "rocksdb/options.h"
#include "storage/keys.h"
#include "storage/point_store.h"

// How RocksDB is set up, each setting with its reason. Everything that is not here is RocksDB's
// default; these must stay so, because with them a synced write can be lost or a log cannot be
// checked: recycle_log_file_num, wal_compression, wal_bytes_per_sync, manual_wal_flush,
// unordered_write, enable_pipelined_write, best_efforts_recovery.

namespace nestor {

rocksdb::DBOptions MakeDbOptions(const RocksDbStoreOptions& options, rocksdb::Env* env);

// `cache` is shared by all families.
rocksdb::ColumnFamilyOptions MakeFamilyOptions(Family family,
                                               const std::shared_ptr<rocksdb::Cache>& cache);

}  // namespace nestor

#endif  // NESTOR_STORAGE_ROCKSDB_OPTIONS_H_
